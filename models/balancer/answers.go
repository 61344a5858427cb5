package balancer

import "github.com/headroom-sim/headroom/models/traffic"

// answers says what the client is told, by the way in which the target ended
// the request. What is its own cause is the target's answer and passes through;
// the rest is the balancer's error.
type answers [endings]traffic.Cause

// Besides the causes there are more ways for a request to end.
const (
	unconnected = traffic.Causes + iota // the target has not accepted the connection in time
	unserved                            // there is no target to send it to
	endings
)

// applicationAnswers: RST on connect, or the target closing with a request
// outstanding, is 502; no connection and no answer in time are 504 [ALB-TS].
var applicationAnswers = passing(answers{
	traffic.Refused: traffic.Status502,
	traffic.Reset:   traffic.Status502,
	traffic.Closed:  traffic.Status502,
	traffic.Timeout: traffic.Status504,
	unconnected:     traffic.Status504,
	unserved:        traffic.Status503,
})

// classicAnswers: a back end that closes its connection shows as 504, as no
// answer does [CLB-ERR]. What a refused connection shows as is a setting.
func classicAnswers(refusedStatus int) answers {
	refused := map[int]traffic.Cause{502: traffic.Status502, 503: traffic.Status503, 504: traffic.Status504}
	return passing(answers{
		traffic.Refused: refused[refusedStatus],
		traffic.Reset:   traffic.Status504,
		traffic.Closed:  traffic.Status504,
		traffic.Timeout: traffic.Status504,
		unconnected:     traffic.Status504,
		unserved:        traffic.Status503,
	})
}

// networkAnswers: clients hear from the target itself. Without any target the
// connection is refused (UNSOURCED: NLB-HC only says that clients fail).
var networkAnswers = passing(answers{
	unconnected: traffic.Timeout,
	unserved:    traffic.Refused,
})

// nginxAnswers: no connection and no answer in time are 504, all else that is no
// answer 502, "no live upstreams" too (ngx_http_upstream_next) [A5].
var nginxAnswers = passing(answers{
	traffic.Refused: traffic.Status502,
	traffic.Reset:   traffic.Status502,
	traffic.Closed:  traffic.Status502,
	traffic.Timeout: traffic.Status504,
	unconnected:     traffic.Status504,
	unserved:        traffic.Status502,
})

// haproxyAnswers: no connection is 503, no answer in time 504, an end without an
// answer 502 (the timer events sC, sH and SH of HAProxy's log).
var haproxyAnswers = passing(answers{
	traffic.Refused: traffic.Status503,
	traffic.Reset:   traffic.Status502,
	traffic.Closed:  traffic.Status502,
	traffic.Timeout: traffic.Status504,
	unconnected:     traffic.Status503,
	unserved:        traffic.Status503,
})

// passing lets all causes pass through that the table does not translate.
func passing(t answers) answers {
	for cause := range traffic.Causes {
		if t[cause] == traffic.OK {
			t[cause] = cause
		}
	}
	return t
}

// nameOf says how a try has ended.
func nameOf(how traffic.Cause) string {
	if how == unconnected {
		return "no connection"
	}
	return how.String()
}

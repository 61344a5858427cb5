package balancer

import "github.com/headroom-sim/headroom/models/traffic"

// answers says what the client is told, by the way in which the target ended
// the request. What is its own cause is the target's answer and passes through;
// the rest is the balancer's error.
type answers [unconnected + 1]traffic.Cause

// unconnected, besides the causes, is that the target has not accepted the
// connection in time.
const unconnected = traffic.Causes

// applicationAnswers: RST on connect, or the target closing with a request
// outstanding, is 502; no connection and no answer in time are 504 [ALB-TS].
var applicationAnswers = passing(answers{
	traffic.Refused: traffic.Status502,
	traffic.Reset:   traffic.Status502,
	traffic.Closed:  traffic.Status502,
	traffic.Timeout: traffic.Status504,
	unconnected:     traffic.Status504,
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
	})
}

// passing lets all causes pass through that the table does not translate.
func passing(t answers) answers {
	for cause := range traffic.Causes {
		if t[cause] == traffic.OK {
			t[cause] = cause
		}
	}
	return t
}

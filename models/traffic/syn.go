package traffic

import "github.com/headroom-sim/headroom/engine"

// SYNDelays are the pauses before a SYN that was lost is sent again, and before
// its sender gives up: Linux from 6.5 on sends again after 1, 2, 3, 4, 5, 7, 11,
// 19, 35 and 67 s and gives up after 131 s (ip-sysctl.rst:
// tcp_syn_linear_timeouts = 4, tcp_syn_retries = 6) [A4].
var SYNDelays = [...]engine.Time{
	1 * engine.Second, 1 * engine.Second, 1 * engine.Second, 1 * engine.Second, 1 * engine.Second,
	2 * engine.Second, 4 * engine.Second, 8 * engine.Second, 16 * engine.Second, 32 * engine.Second,
	64 * engine.Second,
}

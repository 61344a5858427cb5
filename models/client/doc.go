// Package client is the load: who sends requests, when, and what they do while
// they wait.
//
// A population ([Spec], [Client]) begins sessions: at the instants of a point
// process (Poisson, even, traced, bursty) or as closed users who begin a new
// session when the last one has ended. A session is one or more requests with a
// pause for thought between an answer and the next request; a request is one or
// more attempts, of which all but the last failed or timed out. A session ends
// with its first request that fails for good.
//
// # Common random numbers
//
// Everything random is a pure function of ordinals: of the session's within its
// population, of the request's within its session, and for retries of the
// attempt's. The k-th session of an open population and the k-th session of a
// closed user do the same things under any policy, timeout or retry setting.
// The streams of the population NAME are
//
//	arrivals/NAME   instants of sessions, by ordinal
//	bursts/NAME     stays in the states of bursty arrivals
//	requests/NAME   number of requests, by session
//	think/NAME      pause before a request, by session and request
//	route/NAME      route, by session and request
//	retry/NAME      pause before a retry, by session, request and try
//
// The ordinal of a session is k = 0, 1, 2, ... in the order of arrival; that of
// closed user u in round r is u + 2^32 r, whatever the number of users.
//
// # Connections
//
// With keep-alive a session uses one connection for all its requests, and a
// closed user, like a browser, for all sessions. When a session of an open
// population ends it leaves its connection idle to the server, whose keep-alive
// timeout closes it. Without keep-alive each request opens its own. A client
// that finds its idle connection closed opens a new one; one that gives up
// waiting closes it.
//
// # Counting
//
// A [Ledger] counts requests by the instant at which they are first offered, and
// visits by the instants at which they begin and end, in segments that the site
// cuts. It checks itself: conservation of requests in every segment, and over the
// run that of visits, and Little's law to the nanosecond.
package client

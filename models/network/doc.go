// Package network is the time that calls take between the parts of a site.
//
// A call between two parts takes one round trip longer than the work that it asks
// for: half of it on the way there, half on the way back. Round trips are those
// within a zone and those between zones; what stands in no zone, such as a
// service, is taken to be in everybody's own. Making a connection costs no round
// trip of its own, and sizes play no part.
//
// A [Way] is the receiver that a caller in some zone sends its attempts to
// instead of the place itself. A site without delays has no ways.
package network

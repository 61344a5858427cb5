// Package server models the machines that do the work: their processors and
// the software on them, nginx, a thread pool such as Tomcat's, or the station
// of the textbooks.
//
// An [Image] is what all instances of a fleet have in common; [Image.Launch]
// makes an instance, a [Server]. A server takes attempts as a
// [traffic.Receiver], and goes through these steps with each, as far as its
// software has them:
//
//	SYN -> accept queue -> connection slot -> line for a thread or server
//	    -> CPU -> wait -> calls further down -> answer -> idle connection
//
// The processor is shared equally among all runnable requests (processor
// sharing) and among the threads of a cpu fault; burstable machines live on
// their CPU credits. Time at a limit is kept by [Limit], so that a run can tell
// what bound when.
//
// All rules and figures in brackets, as in [A2], refer to the sections of
// "nginx, Tomcat, HAProxy: connection capacity and failure windows" in the
// reference; [T-BASE], [T-STD], [T-UNL] to AWS's pages on burstable instances.
package server

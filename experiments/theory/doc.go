// Package theory holds the closed forms of queueing theory against which the
// simulator is tested, and with which bounds are found without simulating.
//
// A type is a queue in Kendall's notation, its fields are the parameters, its
// methods the steady-state results. Rates are per unit of time, whichever unit
// the caller prefers; spans come back in that unit. Unless a type says
// otherwise, discipline is first come, first served, and "wait" is the time
// before service begins while "response" includes the service. Where no steady
// state exists (load of one or more on a queue without bound), spans and
// numbers are +Inf and every arrival is delayed.
//
// Parameters are trusted: rates positive, counts at least one, probabilities
// between 0 and 1.
//
// Textbooks cited in short:
//
//   - [Gross] D. Gross, J.F. Shortle, J.M. Thompson, C.M. Harris,
//     "Fundamentals of Queueing Theory", 4th ed., Wiley 2008
//   - [Kleinrock] L. Kleinrock, "Queueing Systems", vol. 1, Wiley 1975; vol. 2, 1976
//   - [Kelly] F.P. Kelly, "Reversibility and Stochastic Networks", Wiley 1979
package theory

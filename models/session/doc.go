// Package session models where the state of signed-in users lives, and what it
// means to lose it.
//
// With a local [Store] the state is in the memory of the instance that signed
// the user in: another instance does not know the user, and when the instance
// is gone so is the state. With a shared one every instance finds it in a
// service, and it is lost when that is.
//
// What is lost is lost at that instant, for all who are at it: those who think as
// well as those who wait for an answer. Each learns it from the answer to a later
// request, if one comes, and signs in again.
package session

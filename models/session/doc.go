// Package session models where the state of signed-in users lives, and what it
// means to lose it.
//
// With a local [Store] the state is in the memory of the instance that signed
// the user in: another instance does not know the user, and when the instance
// is gone so is the state. With a shared one every instance finds it in a
// service, and it is lost when that is.
package session

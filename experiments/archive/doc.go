// Package archive turns values of Go types into bytes and back, exactly: a value
// that is read tells the same as the one that was written, and equal values give
// the same bytes on every machine.
//
// It is for plain data: numbers, texts, slices, arrays, maps, pointers and structs
// with exported fields, and what writes itself as an encoding.BinaryMarshaler or
// encoding.TextMarshaler. Fields that are not exported are left out. Pointers of
// one type to the same value lead to the same value again when they are read.
//
// The bytes do not say what they mean: they are read as the type that they were
// written as. That it has not changed since is for the caller to know.
//
// # Format
//
// Numbers are varints of encoding/binary, unsigned ones and those with a sign as
// they are there; a float is the unsigned one of its IEEE 754 bits from the last to
// the first, as in encoding/gob, so that round numbers are short. All that is no
// number is NaN, of one pattern.
//
//	bool       0 or 1
//	string     length, bytes
//	slice      length + 1, elements; 0: nil
//	array      elements
//	map        length + 1, keys and values in the order of the keys' bytes; 0: nil
//	pointer    0: nil; 1: a value that was not met before follows; n+2: value n
//	struct     fields in their order
//	time.Time  seconds since 1970, nanoseconds, name of the time zone
//	others     length, bytes of MarshalBinary or MarshalText
//
// gob keeps neither the order of a map nor that two pointers are one, JSON has no
// NaN, and neither has a bound on what it takes to read what somebody else wrote.
package archive

// Package cells keeps finished cells: bytes under a key, in a folder, for the
// next run of the program and for other processes. It knows nothing of what
// the bytes mean.
//
// A store named bootcamp is the files bootcamp.cells, bootcamp-2.cells and so
// on: each process that stores cells at the same time appends to a file of its
// own, which it has locked, and reads all of them. The lock is the system's
// (flock, LockFileEx) and ends with the process; where there is no such lock
// (js, plan9, solaris, aix) only one process at a time may store.
//
// # Format
//
// All numbers are little-endian. A file is a header of 16 bytes,
//
//	"headroomcell"   12 bytes
//	format version    4 bytes: 1
//
// and records, of 44 bytes and the payload:
//
//	length            4 bytes: of the payload, at most 2^30
//	key              32 bytes
//	head's checksum   4 bytes: CRC-32C (Castagnoli) of length and key
//	payload
//	checksum          4 bytes: CRC-32C of length, key and payload
//
// A record is written by one call, after the one before it. So a process that
// is killed leaves whole records, and at most the beginning of one behind
// them. That torn end is never read; it is cut off before the file is appended
// to. As the head has a checksum of its own, a damaged length cannot pass for
// a torn end and take the records behind it along.
//
// Whatever else is wrong with a file is not repaired: it is refused. Nothing is
// flushed to the disk: a power cut may damage a file, and then it is refused.
package cells

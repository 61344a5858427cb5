package cells

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
)

const (
	magic      = "headroomcell"
	version    = 1
	headerSize = len(magic) + 4
	headSize   = 4 + len(Key{}) + 4 // of a record, before its payload
	tailSize   = 4
	maxPayload = 1 << 30
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendHeader appends the header of a file.
func appendHeader(b []byte) []byte {
	return binary.LittleEndian.AppendUint32(append(b, magic...), version)
}

// appendRecord appends a record.
func appendRecord(b []byte, k Key, payload []byte) []byte {
	start := len(b)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(payload)))
	b = append(b, k[:]...)
	sum := crc32.Checksum(b[start:], castagnoli)
	b = binary.LittleEndian.AppendUint32(b, sum)
	b = append(b, payload...)
	return binary.LittleEndian.AppendUint32(b, crc32.Update(sum, castagnoli, payload))
}

// A flaw is why a file is refused.
type flaw string

const (
	foreign    flaw = "this is not a file of cells"
	badHead    flaw = "the length or the key of a record is damaged"
	badPayload flaw = "a record is damaged"
	changed    flaw = "another program has changed the file"
)

func (f flaw) Error() string { return string(f) }

// checkHeader checks the beginning of a file, which may be a part of the
// header only.
func checkHeader(b []byte) error {
	header := appendHeader(nil)
	name := min(len(b), len(magic))
	switch {
	case bytes.Equal(b, header[:len(b)]):
		return nil
	case len(b) < headerSize || !bytes.Equal(b[:name], header[:name]):
		return foreign
	}
	return flaw(fmt.Sprintf("the file has format version %d, and this program knows %d", binary.LittleEndian.Uint32(b[name:]), version))
}

// A head is what stands before a payload.
type head struct {
	length   uint32
	key      Key
	checksum uint32
}

// parseHead reads a head of headSize bytes.
func parseHead(b []byte) (head, error) {
	end := headSize - 4
	h := head{binary.LittleEndian.Uint32(b), Key(b[4:end]), binary.LittleEndian.Uint32(b[end:])}
	if h.length > maxPayload || h.checksum != crc32.Checksum(b[:end], castagnoli) {
		return head{}, badHead
	}
	return h, nil
}

// payload returns what a record holds, which must be under the given key.
func payload(record []byte, k Key) ([]byte, error) {
	end := len(record) - tailSize
	h, err := parseHead(record)
	if err != nil || h.key != k || int(h.length) != end-headSize {
		return nil, changed
	}
	data := record[headSize:end:end]
	if binary.LittleEndian.Uint32(record[end:]) != crc32.Update(h.checksum, castagnoli, data) {
		return nil, changed
	}
	return data, nil
}

// A scanner reads what follows in a file, and checks it. Of a payload it keeps
// nothing, so a hostile length costs no memory.
type scanner struct {
	in *bufio.Reader
	at int64 // where the next record begins: the end of those read
}

func newScanner(r io.ReaderAt, from int64) *scanner {
	rest := io.NewSectionReader(r, from, math.MaxInt64-from)
	return &scanner{bufio.NewReaderSize(rest, 1<<16), from}
}

// header reads the header. It is io.EOF where no more than a part of it has
// been written.
func (s *scanner) header() error {
	b, err := s.in.Peek(headerSize)
	if err := checkHeader(b); err != nil {
		return err
	}
	if err != nil {
		return err
	}
	_, err = s.in.Discard(headerSize)
	s.at = int64(headerSize)
	return err
}

// record reads the next record and returns its head. It is io.EOF where
// nothing follows, or no more than a part of a record.
func (s *scanner) record() (head, error) {
	b, err := s.in.Peek(headSize)
	if err != nil {
		return head{}, err
	}
	h, err := parseHead(b)
	if err != nil {
		return head{}, err
	}
	if _, err := s.in.Discard(headSize); err != nil {
		return head{}, err
	}
	checksum, err := s.pass(h)
	if err != nil {
		return head{}, err
	}
	b, err = s.in.Peek(tailSize)
	if err != nil {
		return head{}, err
	}
	if binary.LittleEndian.Uint32(b) != checksum {
		return head{}, badPayload
	}
	_, err = s.in.Discard(tailSize)
	s.at += int64(headSize) + int64(h.length) + tailSize
	return h, err
}

// pass reads a payload and returns the checksum of the record so far.
func (s *scanner) pass(h head) (checksum uint32, err error) {
	checksum = h.checksum
	for left := int(h.length); left > 0; {
		b, err := s.in.Peek(min(left, s.in.Size()))
		if err != nil {
			return 0, err
		}
		checksum = crc32.Update(checksum, castagnoli, b)
		left -= len(b)
		if _, err := s.in.Discard(len(b)); err != nil {
			return 0, err
		}
	}
	return checksum, nil
}

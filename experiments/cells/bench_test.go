package cells

import (
	"crypto/sha256"
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// A sweep of many cells, and the size of what one of them gives.
const (
	manyCells = 100_000
	cellBytes = 2000
)

func benchKey(i int) Key {
	return sha256.Sum256(binary.LittleEndian.AppendUint64(nil, uint64(i)))
}

// manyStored returns a folder with many cells.
func manyStored(b *testing.B) string {
	folder := b.TempDir()
	s := open(b, folder, "web")
	data := make([]byte, cellBytes)
	for i := range manyCells {
		if err := s.Put(benchKey(i), data); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	return folder
}

// BenchmarkPut stores one cell.
func BenchmarkPut(b *testing.B) {
	folder := b.TempDir()
	s := open(b, folder, "web")
	data := make([]byte, cellBytes)
	b.ReportAllocs()
	b.SetBytes(cellBytes)
	for i := 0; b.Loop(); i++ {
		if err := s.Put(benchKey(i), data); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGet takes one of 100,000 cells.
func BenchmarkGet(b *testing.B) {
	s := open(b, manyStored(b), "web")
	b.ReportAllocs()
	b.SetBytes(cellBytes)
	for i := 0; b.Loop(); i++ {
		if _, known, err := s.Get(benchKey(i * 7919 % manyCells)); err != nil || !known {
			b.Fatal(known, err)
		}
	}
}

// BenchmarkOpen opens a store of 100,000 cells, and tells the memory that it
// takes while it is open.
func BenchmarkOpen(b *testing.B) {
	folder := manyStored(b)
	info, err := os.Stat(filepath.Join(folder, "web.cells"))
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	b.ReportAllocs()
	before := heap()
	b.ResetTimer()
	for b.Loop() {
		s, err := Open(folder, "web")
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		b.ReportMetric(float64(heap()-before)/(1<<20), "MiB-open")
		s.Close()
		b.StartTimer()
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

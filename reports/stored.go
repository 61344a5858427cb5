package reports

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/files"
)

// storedName is the file with the result that a report folder was made from.
const storedName = "results.headroom"

// mostStored is how large that may be, in bytes. The minutes of a year of one small fleet
// take some 0.1 GB for each configuration.
const mostStored = 4 * files.Most

// Open reads the result that a report folder was made from, so that everything in
// the folder, and every other format, can be made of it again. The error tells why
// it cannot be.
func Open(folder string) (*Report, error) {
	result, err := readResult(folder)
	if err != nil {
		return nil, files.About(folder, err)
	}
	return reportOn(result), nil
}

func readResult(folder string) (any, error) {
	entries, err := os.ReadDir(folder)
	switch info, statErr := os.Stat(folder); {
	case statErr != nil:
		return nil, statErr
	case !info.IsDir():
		return nil, errors.New("is a file: a report is a folder")
	case err != nil:
		return nil, err
	case len(entries) == 0:
		return nil, errors.New("is no report: it is empty")
	}
	stored, err := files.Read(filepath.Join(folder, storedName), mostStored)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("is no report: it holds no " + storedName)
	}
	if err != nil {
		return nil, files.About(storedName, err)
	}
	result, err := experiments.ReadStored(stored)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", storedName, err)
	}
	return result, nil
}

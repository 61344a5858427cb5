package reports

import (
	"encoding/json"
	"io"

	"github.com/headroom-sim/headroom/experiments"
)

// JSON writes the result as one JSON object on one line.
func JSON(w io.Writer, r *experiments.Result) error {
	return json.NewEncoder(w).Encode(r)
}

// CheckJSON writes the check as one JSON object on one line.
func CheckJSON(w io.Writer, c *experiments.Checked) error {
	return json.NewEncoder(w).Encode(c)
}

package quantity

import (
	"fmt"
	"regexp"

	"github.com/robfig/cron/v3"
)

// Cron is a recurring instant in five fields (minute, hour, day of month,
// month, day of week), as Auto Scaling has it: "0 18 * * 1-5". Next works in the
// time zone of its argument: an instant in the gap of a change to summer time is
// skipped, one in the overlap at its end comes twice.
type Cron struct {
	cron.Schedule
	text string
}

// cronPattern keeps to five fields: no "@daily", no "TZ=" prefix.
var cronPattern = regexp.MustCompile(`^[0-9A-Za-z*,/?-]+(?: +[0-9A-Za-z*,/?-]+){4}$`)

// Read implements Reader.
func (c *Cron) Read(raw any, _ Files) error {
	const want = `five fields "minute hour day month weekday" such as "0 18 * * 1-5"`
	text, ok := raw.(string)
	if !ok || !cronPattern.MatchString(text) {
		return expected(want, raw)
	}
	s, err := cron.ParseStandard(text)
	if err != nil {
		return fmt.Errorf("must be %s (%w)", want, err)
	}
	*c = Cron{s, text}
	return nil
}

// String is the text as it was written.
func (c Cron) String() string { return c.text }

// MarshalText gives the text as it was written.
func (c Cron) MarshalText() ([]byte, error) { return []byte(c.text), nil }

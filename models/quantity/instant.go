package quantity

import (
	"slices"
	"time"
)

// Zone is a time zone by its IANA name.
type Zone struct{ *time.Location }

// Read implements Reader.
func (z *Zone) Read(raw any, _ Files) error {
	const want = `an IANA time zone such as "Asia/Seoul"`
	name, ok := raw.(string)
	if !ok || name == "" || name == "Local" {
		return expected(want, raw)
	}
	location, err := time.LoadLocation(name)
	if err != nil {
		return expected(want, raw)
	}
	z.Location = location
	return nil
}

// MarshalText gives the name.
func (z Zone) MarshalText() ([]byte, error) { return []byte(z.String()), nil }

// Instant is a point in wall-clock time.
type Instant struct {
	time.Time
	local bool // written without an offset
}

// Read implements Reader.
func (i *Instant) Read(raw any, _ Files) error {
	if t, ok := raw.(time.Time); ok {
		if t.Year() == 0 {
			return expected(anInstant, raw) // a time of day
		}
		*i = Instant{t, slices.Contains(localNames, t.Location().String())}
		return nil
	}
	text, _ := raw.(string)
	for _, l := range layouts {
		if t, err := time.Parse(l.text, text); err == nil {
			*i = Instant{t, l.local}
			return nil
		}
	}
	return expected(anInstant, raw)
}

const anInstant = `an instant such as "2026-03-02T08:00:00Z"`

// layouts are the forms of an instant in quotes.
var layouts = []struct {
	text  string
	local bool
}{
	{time.RFC3339, false}, {"2006-01-02 15:04:05Z07:00", false},
	{"2006-01-02T15:04:05", true}, {"2006-01-02 15:04:05", true}, {"2006-01-02", true},
}

// localNames are the locations that the TOML parser gives to dates and times
// without an offset.
var localNames = []string{"datetime-local", "date-local"}

// Settle reads an instant that was written without an offset as one of the zone.
// One with an offset stays as it is.
func (i *Instant) Settle(zone *time.Location) {
	if i.local {
		y, month, d := i.Date()
		i.Time = time.Date(y, month, d, i.Hour(), i.Minute(), i.Second(), i.Nanosecond(), zone)
		i.local = false
	}
}

// MarshalText gives RFC 3339.
func (i Instant) MarshalText() ([]byte, error) { return i.Time.MarshalText() }

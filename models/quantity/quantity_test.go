package quantity_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/engine/random"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A row gives the raw value of a TOML file, and either the canonical form that
// it prints as or the error.
type row struct {
	raw  any
	want string
	err  string
}

type value interface {
	quantity.Reader
	String() string
}

func check(t *testing.T, v value, files quantity.Files, rows []row) {
	t.Helper()
	for _, r := range rows {
		err := v.Read(r.raw, files)
		if r.err != "" {
			require.EqualError(t, err, r.err, "%v", r.raw)
			continue
		}
		require.NoError(t, err, "%v", r.raw)
		require.Equal(t, r.want, v.String(), "%v", r.raw)
	}
}

func TestDuration(t *testing.T) {
	check(t, new(quantity.Duration), nil, []row{
		{raw: "90s", want: "1m30s"},
		{raw: "1h30m", want: "1h30m"},
		{raw: "7d", want: "7d"},
		{raw: "2w", want: "14d"},
		{raw: "24h", want: "1d"},
		{raw: "0.3ms", want: "300us"},
		{raw: "1.5ms", want: "1.5ms"},
		{raw: "2.5us", want: "2.5us"},
		{raw: "7µs", want: "7us"},
		{raw: "12ns", want: "12ns"},
		{raw: "1m0.5s", want: "1m0.5s"},
		{raw: "0s", want: "0s"},
		{raw: "0", want: "0s"},
		{raw: int64(0), want: "0s"},
		{raw: 0.0, want: "0s"},
		{raw: int64(90), err: `needs a unit: write "90s" (have 90)`},
		{raw: 1.5, err: `needs a unit: write "1.5s" (have 1.5)`},
		{raw: "90", err: `needs a unit: write "90s" (have "90")`},
		{raw: "-5s", err: `must not be negative (have "-5s")`},
		{raw: "200 ms", want: "200ms"},
		{raw: "1 h 30 m", want: "1h30m"},
		{raw: "1h 30m", want: "1h30m"},
		{raw: "5 ", err: `must be a duration such as "90s", "5m" or "1h30m" (have "5 ")`},
		{raw: "5  s", err: `must be a duration such as "90s", "5m" or "1h30m" (have "5  s")`},
		{raw: "- 5s", err: `must be a duration such as "90s", "5m" or "1h30m" (have "- 5s")`},
		{raw: "5min", err: `must be a duration such as "90s", "5m" or "1h30m" (have "5min")`},
		{raw: "", err: `must be a duration such as "90s", "5m" or "1h30m" (have "")`},
		{raw: true, err: `must be a duration such as "90s", "5m" or "1h30m" (have true)`},
		{raw: []any{}, err: `must be a duration such as "90s", "5m" or "1h30m" (have a list)`},
		{raw: "30m1h", err: `must name each unit once, the larger first, as in "1h30m" (have "30m1h")`},
		{raw: "1s1s", err: `must name each unit once, the larger first, as in "1h30m" (have "1s1s")`},
		{raw: "900d", err: `is longer than 833 days, the most that can be simulated (have "900d")`},
		{raw: "833d833d", err: `must name each unit once, the larger first, as in "1h30m" (have "833d833d")`},
		{raw: "833d20000h", err: `is longer than 833 days, the most that can be simulated (have "833d20000h")`},
	})
}

func TestDurationReadsBackWhatItPrints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := quantity.Duration(rapid.Int64Range(0, int64(engine.Forever)).Draw(t, "ns"))
		back, err := quantity.ParseDuration(d.String())
		require.NoError(t, err)
		require.Equal(t, d, back, d.String())
	})
}

func TestWindow(t *testing.T) {
	check(t, new(quantity.Window), nil, []row{
		{raw: "25m..60m", want: "25m..1h"},
		{raw: "0s .. 90s", want: "0s..1m30s"},
		{raw: "25 m .. 1 h", want: "25m..1h"},
		{raw: "60m..25m", err: `must begin before it ends (have "60m..25m")`},
		{raw: "5m", err: `must be a window of the run such as "25m..60m" (have "5m")`},
		{raw: "5..6", err: `must be a window of the run such as "25m..60m" (have "5..6")`},
		{raw: int64(5), err: `must be a window of the run such as "25m..60m" (have 5)`},
	})
}

func TestRate(t *testing.T) {
	check(t, new(quantity.Rate), nil, []row{
		{raw: "50/s", want: "50/s"},
		{raw: "0.5/s", want: "0.5/s"},
		{raw: "3000/min", want: "50/s"},
		{raw: "2/min", want: "2/min"},
		{raw: "7/h", want: "7/h"},
		{raw: "5 / d", want: "5/d"},
		{raw: "1000 per 10s", want: "100/s"},
		{raw: "1000 per 1m30s", want: "40000/h"},
		{raw: "1000 per 10 s", want: "100/s"},
		{raw: int64(0), want: "0/s"},
		{raw: int64(50), err: `needs a unit: write "50/s" (have 50)`},
		{raw: "50", err: `needs a unit: write "50/s" (have "50")`},
		{raw: "-3/s", err: `must not be negative (have "-3/s")`},
		{raw: "-3 per 1s", err: `must not be negative (have "-3 per 1s")`},
		{raw: "3 per 0s", err: `must be a number per duration longer than zero, such as "1000 per 10s" (have "3 per 0s")`},
		{raw: "3 per day", err: `must be a number per duration longer than zero, such as "1000 per 10s" (have "3 per day")`},
		{raw: "50/sec", err: `must be a rate such as "50/s", "3000/min" or "1000 per 10s" (have "50/sec")`},
		{raw: "2000000000/s", err: `must not exceed one a nanosecond (have "2000000000/s")`},
		{raw: false, err: `must be a rate such as "50/s", "3000/min" or "1000 per 10s" (have false)`},
	})
}

func TestRateReadsBackWhatItPrints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := quantity.Rate(rapid.Float64Range(0, 1e9).Draw(t, "rate"))
		if r > 0 && r < 1e-6 {
			return // printed with an exponent, for people only
		}
		back, err := quantity.ParseRate(r.String())
		require.NoError(t, err)
		require.Equal(t, r, back, r.String())
	})
}

func TestShare(t *testing.T) {
	check(t, new(quantity.Share), nil, []row{
		{raw: "30%", want: "0.3"},
		{raw: 0.3, want: "0.3"},
		{raw: "0.3", want: "0.3"},
		{raw: int64(1), want: "1"},
		{raw: "99.95%", want: "0.9995"},
		{raw: "99.95 %", want: "0.9995"},
		{raw: "99.9%", want: "0.999"},
		{raw: "14.5%", want: "0.145"},
		{raw: int64(30), err: `must be between 0 and 1: write "30%" (have 30)`},
		{raw: 101.0, err: `must be between 0 and 1 (0% and 100%) (have 101)`},
		{raw: "130%", err: `must be between 0 and 1 (0% and 100%) (have "130%")`},
		{raw: "-1%", err: `must be between 0 and 1 (0% and 100%) (have "-1%")`},
		{raw: -0.5, err: `must be between 0 and 1 (0% and 100%) (have -0.5)`},
		{raw: "much", err: `must be a share such as "30%" or 0.3 (have "much")`},
		{raw: math.NaN(), err: `must be a share such as "30%" or 0.3 (have NaN)`},
	})
}

func TestSize(t *testing.T) {
	check(t, new(quantity.Size), nil, []row{
		{raw: "20KiB", want: "20KiB"},
		{raw: "1769MiB", want: "1769MiB"},
		{raw: "4KB", want: "4KB"},
		{raw: "1.5MB", want: "1500KB"},
		{raw: "0.5KiB", want: "512B"},
		{raw: "2048 B", want: "2KiB"},
		{raw: int64(0), want: "0B"},
		{raw: "0B", want: "0B"},
		{raw: int64(20480), err: `needs a unit: write "20480B" (have 20480)`},
		{raw: "20480", err: `needs a unit: write "20480B" (have "20480")`},
		{raw: "-1KiB", err: `must not be negative (have "-1KiB")`},
		{raw: "20K", err: `must be a size such as "20KiB" or "4KB" (have "20K")`},
		{raw: "20kib", err: `must be a size such as "20KiB" or "4KB" (have "20kib")`},
		{raw: "99999999TiB", err: `is too large (have "99999999TiB")`},
	})
}

// files are those that the tests' distributions name.
func files(name string) ([]byte, error) {
	switch name {
	case "boot.csv":
		return []byte("# recorded\n30s\n40s\n\n50s\n"), nil
	case "pages.csv":
		return []byte("1\n2\n6\n"), nil
	case "broken.csv":
		return []byte("30s\nslow\n"), nil
	case "empty.csv":
		return nil, nil
	}
	return nil, errors.New("no such file")
}

func TestSpan(t *testing.T) {
	const want = `must be a duration or a distribution of durations such as "exponential(4ms)" `
	check(t, new(quantity.Span), files, []row{
		{raw: "2ms", want: "2ms"},
		{raw: int64(0), want: "0s"},
		{raw: "constant(2ms)", want: "constant(2ms)"},
		{raw: "uniform(1s, 3s)", want: "uniform(1s, 3s)"},
		{raw: "uniform(0s,3s)", want: "uniform(0s, 3s)"},
		{raw: "exponential( 4ms )", want: "exponential(4ms)"},
		{raw: "erlang(4, 20ms)", want: "erlang(4, 20ms)"},
		{raw: "hyperexponential(1s, scv=4)", want: "hyperexponential(1s, scv=4)"},
		{raw: "lognormal(20ms, scv=4)", want: "lognormal(20ms, scv=4)"},
		{raw: "lognormal(30s, p95 = 60s)", want: "lognormal(30s, p95=1m)"},
		{raw: "gamma(20ms, scv=0.5)", want: "gamma(20ms, scv=0.5)"},
		{raw: "weibull(20ms, shape=0.7)", want: "weibull(20ms, shape=0.7)"},
		{raw: "pareto(1ms, 1s, alpha=1.5)", want: "pareto(1ms, 1s, alpha=1.5)"},
		{raw: "empirical(boot.csv)", want: "empirical(boot.csv)"},
		{raw: int64(5), err: `needs a unit: write "5ms" or "5s" (have 5)`},
		{raw: "5", err: `needs a unit: write "5ms" or "5s" (have "5")`},
		{raw: true, err: want + `(have true)`},
		{raw: "fast", err: want + `(have "fast")`},
		{raw: "exponential(4ms", err: want + `(have "exponential(4ms")`},
		{raw: "expnential(4ms)", err: `unknown distribution "expnential" (did you mean "exponential"?)`},
		{raw: "zipf(4ms)", err: `unknown distribution "zipf" (known: constant, uniform, exponential, erlang, hyperexponential, lognormal, gamma, weibull, pareto, empirical)`},
		{raw: "exponential(4)", err: `exponential: mean needs a unit: write "4ms" or "4s" (have "4")`},
		{raw: "exponential(-4ms)", err: `exponential: mean must not be negative (have "-4ms")`},
		{raw: "exponential(0s)", err: `exponential: mean must be greater than zero (have "exponential(0s)")`},
		{raw: "exponential(1ms, 2ms)", err: `exponential: write exponential(MEAN) (have "exponential(1ms, 2ms)")`},
		{raw: "lognormal(20ms, 4)", err: `lognormal: write lognormal(MEAN, scv=...) or lognormal(MEAN, p95=...) (have "lognormal(20ms, 4)")`},
		{raw: "lognormal(20ms, sigma=1)", err: `lognormal: write lognormal(MEAN, scv=...) or lognormal(MEAN, p95=...) (have "lognormal(20ms, sigma=1)")`},
		{raw: "lognormal(20ms, scv=high)", err: `lognormal: scv must be a positive number (have "high")`},
		{raw: "lognormal(30s, p95=20s)", err: `lognormal: p95 must be more than the mean and at most 3.86 times the mean (have "lognormal(30s, p95=20s)")`},
		{raw: "lognormal(30s, p95=200s)", err: `lognormal: p95 must be more than the mean and at most 3.86 times the mean (have "lognormal(30s, p95=200s)")`},
		{raw: "uniform(3s, 1s)", err: `uniform: least must be below greatest (have "uniform(3s, 1s)")`},
		{raw: "pareto(0s, 1s, alpha=1)", err: `pareto: least must be greater than zero (have "pareto(0s, 1s, alpha=1)")`},
		{raw: "erlang(1.5, 20ms)", err: `erlang: phases must be a whole number from 1 to 10000 (have "erlang(1.5, 20ms)")`},
		{raw: "hyperexponential(1s, scv=0.5)", err: `hyperexponential: scv must be from 1 to 1e+09 (have "hyperexponential(1s, scv=0.5)")`},
		{raw: "empirical(none.csv)", err: `cannot read file "none.csv": no such file`},
		{raw: "empirical(broken.csv)", err: `broken.csv:2: must be a duration such as "90s", "5m" or "1h30m" (have "slow")`},
		{raw: "empirical(empty.csv)", err: `empty.csv: an empirical distribution needs at least one value`},
	})
}

func TestSpanIsInNanoseconds(t *testing.T) {
	for text, want := range map[string]float64{
		"2ms": 2e6, "uniform(1s, 3s)": 2e9, "exponential(4ms)": 4e6, "erlang(4, 20ms)": 20e6,
		"lognormal(30s, p95=60s)": 30e9, "gamma(20ms, scv=0.5)": 20e6, "empirical(boot.csv)": 40e9,
	} {
		s, err := quantity.ParseSpan(text, files)
		require.NoError(t, err)
		require.InEpsilon(t, want, s.Mean(), 1e-9, text)
	}
	s, err := quantity.ParseSpan("lognormal(30s, p95=60s)", nil)
	require.NoError(t, err)
	require.InEpsilon(t, 60e9, s.Quantile(0.95), 1e-6)
	require.Equal(t, engine.Forever, quantity.Span{Distribution: huge{s}}.Draw(0.5))
}

// huge is a distribution whose values are beyond the horizon.
type huge struct{ random.Distribution }

func (huge) Quantile(float64) float64 { return 1e300 }

func TestNumber(t *testing.T) {
	const want = `must be a whole number or a distribution of counts such as "geometric(8)" `
	check(t, new(quantity.Number), files, []row{
		{raw: int64(8), want: "8"},
		{raw: "8", want: "8"},
		{raw: "geometric(8)", want: "geometric(8)"},
		{raw: "geometric(1.5)", want: "geometric(1.5)"},
		{raw: "constant(3)", want: "constant(3)"},
		{raw: "empirical(pages.csv)", want: "empirical(pages.csv)"},
		{raw: int64(0), err: `must be a whole number from 1 (have "0")`},
		{raw: 2.5, err: `must be a whole number from 1 (have "2.5")`},
		{raw: int64(-1), err: `must be a whole number from 1 (have "-1")`},
		{raw: "geometric(0.5)", err: `geometric: mean must be at least 1, the least value (have "geometric(0.5)")`},
		{raw: "exponential(4)", err: `unknown distribution "exponential" (known: constant, geometric, empirical)`},
		{raw: "many", err: want + `(have "many")`},
		{raw: true, err: want + `(have true)`},
		{raw: "empirical(boot.csv)", err: `boot.csv:2: must be a whole number from 1 (have "30s")`},
	})
}

func TestRateProfile(t *testing.T) {
	const want = `must be a rate such as "50/s", or a list of points such as ["0m 50/s", "20m 400/s"] `
	check(t, new(quantity.RateProfile), nil, []row{
		{raw: "50/s", want: "50/s"},
		{raw: []any{"0m 50/s", "20m 3000/min", "25m 400/s"}, want: `["0s 50/s", "20m 50/s", "25m 400/s"]`},
		{raw: []any{"5m 1/s"}, want: `["5m 1/s"]`},
		{raw: []any{"0 m 50 / s", "20 m 400 per 10 s"}, want: `["0s 50/s", "20m 40/s"]`},
		{raw: []any{"0m 1/s", "5m 1/s", "5m 9/s"}, want: `["0s 1/s", "5m 1/s", "5m 9/s"]`},
		{raw: "-3/s", err: `must not be negative (have "-3/s")`},
		{raw: int64(50), err: `needs a unit: write "50/s" (have 50)`},
		{raw: []any{}, err: want + `(have a list)`},
		{raw: true, err: want + `(have true)`},
		{raw: []any{int64(5)}, err: `must be points such as "20m 400/s" (have 5)`},
		{raw: []any{"20m"}, err: `must be points such as "20m 400/s" (have "20m")`},
		{raw: []any{"20 400/s"}, err: `needs a unit: write "20s" (have "20")`},
		{raw: []any{"20m 400"}, err: `needs a unit: write "400/s" (have "400")`},
		{raw: []any{"5m 1/s", "4m 2/s"}, err: `points must be in order of time (have "4m 2/s" after a later one)`},
		{raw: []any{"5m 1/s", "5m 1/s"}, err: `two points at the same time must differ in rate (have "5m 1/s" twice)`},
		{raw: []any{"5m 1/s", "5m 2/s", "5m 3/s"}, err: `at most two points may share a time (have "5m 3/s" as a third)`},
	})
}

func TestDailyProfile(t *testing.T) {
	check(t, new(quantity.DailyProfile), nil, []row{
		{raw: []any{"00:00 2/s", "08:30 60/s"}, want: `["00:00 2/s", "08:30 60/s"]`},
		{raw: "2/s", err: `must be a list of points such as "08:30 60/s" (have "2/s")`},
		{raw: []any{"24:00 2/s"}, err: `must be a time of day from "00:00" to "23:59" (have "24:00")`},
		{raw: []any{"8:30 2/s"}, err: `must be a time of day from "00:00" to "23:59" (have "8:30")`},
		{raw: []any{"08:30 2/s", "08:30 3/s"}, err: `times must rise from point to point (have "08:30" twice)`},
		{raw: []any{"08:30 2/s", "08:00 3/s"}, err: `points must be in order of time (have "08:00 3/s" after a later one)`},
	})
}

func TestCron(t *testing.T) {
	const want = `must be five fields "minute hour day month weekday" such as "0 18 * * 1-5" `
	c := new(quantity.Cron)
	check(t, c, nil, []row{
		{raw: "@daily", err: want + `(have "@daily")`},
		{raw: "TZ=Asia/Seoul 0 18 * * *", err: want + `(have "TZ=Asia/Seoul 0 18 * * *")`},
		{raw: "0 18 * *", err: want + `(have "0 18 * *")`},
		{raw: "0 25 * * *", err: want + `(end of range (25) above maximum (23): 25)`},
		{raw: int64(5), err: want + `(have 5)`},
		{raw: "0 18 * * 1-5", want: "0 18 * * 1-5"},
	})
	friday := time.Date(2026, 3, 6, 18, 0, 0, 0, time.UTC)
	require.Equal(t, friday.AddDate(0, 0, 3), c.Next(friday))
}

func TestFile(t *testing.T) {
	f := new(quantity.File)
	check(t, f, files, []row{
		{raw: "nowhere.csv", err: `cannot read file "nowhere.csv": no such file`},
		{raw: "", err: `must be the name of a file (have "")`},
		{raw: int64(1), err: `must be the name of a file (have 1)`},
		{raw: "pages.csv", want: "pages.csv"},
	})
	require.Equal(t, "1\n2\n6\n", string(f.Data))
	require.EqualError(t, f.Read("pages.csv", nil), `cannot read file "pages.csv": unsupported operation`)
}

func TestNearest(t *testing.T) {
	keys := []string{"server", "min", "max", "default_cooldown", "zones"}
	for word, want := range map[string]string{
		"sever": "server", "serverr": "server", "mni": "min", "default_coldown": "default_cooldown",
		"default_cool_down": "default_cooldown", "zone": "zones", "x": "", "colour": "", "ma": "",
	} {
		require.Equal(t, want, quantity.Nearest(word, keys), word)
	}
}

func FuzzValues(f *testing.F) {
	for _, text := range []string{"1h30m", "50/s", "30%", "20KiB", "lognormal(30s, p95=60s)", "geometric(8)", "5m..6m", "0 18 * * 1-5", "5m 3/s"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, v := range []value{
			new(quantity.Duration), new(quantity.Rate), new(quantity.Share), new(quantity.Size), new(quantity.Span),
			new(quantity.Number), new(quantity.Window), new(quantity.Cron), new(quantity.RateProfile),
		} {
			if v.Read(text, nil) == nil && len(text) < 1000 {
				require.NotEmpty(t, v.String())
			}
			_ = v.Read([]any{text}, nil)
		}
	})
}

// Whatever the file of an empirical distribution holds, it is refused by its name, or
// can be drawn from.
func FuzzEmpirical(f *testing.F) {
	for _, file := range []string{"30s\n50s\n", "# boots\n\n1m\n", "slow\n", "", "3\n4\n"} {
		f.Add([]byte(file))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		open := func(string) ([]byte, error) { return file, nil }
		for _, v := range []value{new(quantity.Span), new(quantity.Number)} {
			err := v.Read("empirical(boot.csv)", open)
			if err != nil {
				require.ErrorContains(t, err, "boot.csv")
				continue
			}
			require.Equal(t, "empirical(boot.csv)", v.String())
		}
	})
}

func TestDurationRough(t *testing.T) {
	for want, d := range map[string]quantity.Duration{
		"1m1.2s": 61_214_065_415, "5s": 4_960_000_000, "1m": 59_980_000_000, "214.065ms": 214_065_000, "0s": 0,
	} {
		require.Equal(t, want, d.Rough())
	}
}

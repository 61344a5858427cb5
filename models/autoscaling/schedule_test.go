package autoscaling

import (
	"testing"
	"time"
	_ "time/tzdata" // the host need not have any

	"github.com/headroom-sim/headroom/engine"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/timeline"
	"github.com/stretchr/testify/require"
)

func cron(text string) *quantity.Cron {
	c := new(quantity.Cron)
	if err := c.Read(text, nil); err != nil {
		panic(err)
	}
	return c
}

func instant(text string) *quantity.Instant {
	i := new(quantity.Instant)
	if err := i.Read(text, nil); err != nil {
		panic(err)
	}
	return i
}

func location(name string) *quantity.Zone {
	z := new(quantity.Zone)
	if err := z.Read(name, nil); err != nil {
		panic(err)
	}
	return z
}

// TestSchedules: cron in the scenario's time zone and a single instant; both
// directions; the bounds move desired only if they have to [sched] (spec 2.5).
func TestSchedules(t *testing.T) {
	s := groupSpec(1, 8, 1)
	for name, cron := range map[string]string{"morning": "0 8 * * 1-5", "evening": "0 19 * * 1-5"} {
		var c quantity.Cron
		require.NoError(t, c.Read(cron, nil))
		s.Schedules[name] = &ScheduleSpec{Cron: &c, Min: pointer(map[string]int{"morning": 4, "evening": 1}[name])}
	}
	p := newPlant(t, s) // from Monday, midnight
	require.Equal(t, 1, p.until("7h59m").inService())
	require.Equal(t, 4, p.until("8h1m").inService())
	require.Equal(t, 4, p.until("20h").inService(), "a lower min does not shrink by itself")
	p.until("7d")
	require.Equal(t, []string{"8h", "1d8h", "2d8h", "3d8h", "4d8h"}, p.times(timeline.Schedule, "morning"))
	require.Equal(t, []string{"8h morning: desired 4, was 1: scheduled: min 4"}, p.texts(timeline.Desired))
}

// TestScheduleInBothDirections: desired 3 at an instant scales in from 5 [sched] (spec 2.5).
func TestScheduleInBothDirections(t *testing.T) {
	p := newPlant(t, groupSpec(1, 9, 5).at("nine", "9h", 3)).until("10h")
	require.Equal(t, 3, p.inService())
}

// TestScheduleOfTimeZero: an action at the start of the run happens.
func TestScheduleOfTimeZero(t *testing.T) {
	var c quantity.Cron
	require.NoError(t, c.Read("0 0 * * *", nil))
	s := groupSpec(1, 9, 1)
	s.Schedules["midnight"] = &ScheduleSpec{Cron: &c, Desired: pointer(2)}
	require.Equal(t, 2, newPlant(t, s).until("1m").group.Desired)
}

// TestTimeZone: cron follows the time zone of the start. On 29 March 2026 summer
// time begins in Berlin: 02:30 does not exist, and the action comes first on the
// next day, 25 h 30 min after midnight [sched] (spec 2.5).
func TestTimeZone(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	var c quantity.Cron
	require.NoError(t, c.Read("30 2 * * *", nil))
	p := newPlant(t, groupSpec(1, 9, 1))
	p.group.start = time.Date(2026, 3, 29, 0, 0, 0, 0, berlin)
	p.group.arm(&schedule{ScheduleSpec: ScheduleSpec{Cron: &c, Desired: pointer(2)}, name: "night"})
	p.until("3d")
	require.Equal(t, []string{"1d1h30m", "2d1h30m"}, p.times(timeline.Schedule, "night"))
}

// TestScheduleThatNeverFires: 30 February.
func TestScheduleThatNeverFires(t *testing.T) {
	var c quantity.Cron
	require.NoError(t, c.Read("0 0 30 2 *", nil))
	s := groupSpec(1, 9, 1)
	s.Schedules["never"] = &ScheduleSpec{Cron: &c, Desired: pointer(2)}
	require.Equal(t, 1, newPlant(t, s).until("1d").group.Desired)
}

// TestScheduleThatFails: bounds that contradict those in force fail as a whole
// [api-sched] (spec 2.5).
func TestScheduleThatFails(t *testing.T) {
	s := groupSpec(1, 4, 2)
	s.Schedules["min"] = &ScheduleSpec{At: pointer(duration("1m")), Min: pointer(5)}
	s.Schedules["outside"] = &ScheduleSpec{At: pointer(duration("2m")), Desired: pointer(5)}
	p := newPlant(t, s).until("10m")
	require.Equal(t, []int{1, 4, 2}, []int{p.group.Min, p.group.Max, p.group.Desired})
	require.Equal(t, []string{"1m min: failed: min 5 exceeds max 4", "2m outside: failed: desired 5 is outside 1 to 4"}, p.texts(timeline.Schedule))
}

// TestScheduleIgnoresCooldown, and starts one for simple policies [cool] (spec 2.5).
func TestScheduleIgnoresCooldown(t *testing.T) {
	s := groupSpec(1, 9, 1).at("first", "5m", 3).at("second", "6m", 4)
	s.Policies["out"] = simplePolicy(quick(cpuAlarm(">=", 40)), "+1")
	p := newPlant(t, s).until("12m")
	require.Equal(t, []string{"5m"}, p.times(timeline.Desired, "first"))
	require.Equal(t, []string{"6m"}, p.times(timeline.Desired, "second"))
	// The policy's own activity had put both into the middle of a cooldown. Theirs
	// lasts until 6:11 + 5 min; the third activity of the policy comes after it.
	require.Equal(t, []string{"2m", "12m"}, p.times(timeline.Desired, "out"))
}

// firings are the instants, in UTC, of a cron between two days of a time zone.
func firings(name, text, from, to string) []string {
	s := ScheduleSpec{Cron: cron(text), Timezone: location(name), Desired: pointer(2)}
	start, end := settled(instant(from), s.Timezone.Location), settled(instant(to), s.Timezone.Location)
	var all []string
	for next := s.First(start); next.Before(end); next = s.after(next, start) {
		all = append(all, next.UTC().Format("02 15:04"))
	}
	return all
}

// TestDaylightSaving: where clocks are put forward the instant that does not
// exist is left out, where they are put back the one that exists twice counts
// twice; before and after the action keeps to the clock on the wall (spec 2.5).
func TestDaylightSaving(t *testing.T) {
	for _, c := range []struct {
		zone, cron, from, to string
		want                 []string
	}{
		// Berlin, 29 March 2026: 02:00 is 03:00. 25 October: 03:00 is 02:00.
		{"Europe/Berlin", "30 2 * * *", "2026-03-28", "2026-03-31", []string{"28 01:30", "30 00:30"}},
		{"Europe/Berlin", "30 3 * * *", "2026-03-28", "2026-03-31", []string{"28 02:30", "29 01:30", "30 01:30"}},
		{"Europe/Berlin", "30 2 * * *", "2026-10-24", "2026-10-27", []string{"24 00:30", "25 00:30", "25 01:30", "26 01:30"}},
		{"Europe/Berlin", "0 8 * * *", "2026-10-24", "2026-10-27", []string{"24 06:00", "25 07:00", "26 07:00"}},
		// New York, 8 March 2026: 02:00 is 03:00. 1 November: 02:00 is 01:00.
		{"America/New_York", "15 2 * * *", "2026-03-07", "2026-03-10", []string{"07 07:15", "09 06:15"}},
		{"America/New_York", "15 1 * * *", "2026-10-31", "2026-11-03", []string{"31 05:15", "01 05:15", "01 06:15", "02 06:15"}},
		{"America/New_York", "0 18 * * *", "2026-03-07", "2026-03-10", []string{"07 23:00", "08 22:00", "09 22:00"}},
	} {
		require.Equal(t, c.want, firings(c.zone, c.cron, c.from, c.to), "%s in %s", c.cron, c.zone)
	}
}

// TestScheduleTimeZone: a cron follows its own time zone rather than the
// scenario's [api-sched] (spec 2.5).
func TestScheduleTimeZone(t *testing.T) {
	s := groupSpec(1, 9, 1)
	s.Schedules["tokyo"] = &ScheduleSpec{Cron: cron("0 18 * * *"), Timezone: location("Asia/Tokyo"), Desired: pointer(3)}
	p := newPlant(t, s).until("1d") // from midnight UTC
	require.Equal(t, []string{"9h"}, p.times(timeline.Schedule, "tokyo"))
}

// TestScheduleBetween: nothing before StartTime and after EndTime [api-sched];
// both belong to it. Without an offset they are of the action's time zone (spec 2.5).
func TestScheduleBetween(t *testing.T) {
	s := groupSpec(1, 9, 1)
	s.Schedules["week"] = &ScheduleSpec{Cron: cron("0 12 * * *"), From: instant("2026-03-04T12:00:00Z"), Until: instant("2026-03-06T12:00:00Z"), Desired: pointer(3)}
	s.Schedules["late"] = &ScheduleSpec{Cron: cron("0 12 * * *"), Timezone: location("Asia/Tokyo"), From: instant("2026-03-08"), Desired: pointer(1)}
	s.Schedules["over"] = &ScheduleSpec{Cron: cron("0 12 * * *"), Until: instant("2026-03-01T12:00:00Z"), Desired: pointer(9)}
	p := newPlant(t, s).until("7d") // from Monday 2 March, midnight UTC
	require.Equal(t, []string{"2d12h", "3d12h", "4d12h"}, p.times(timeline.Schedule, "week"))
	require.Equal(t, []string{"6d3h"}, p.times(timeline.Schedule, "late"))
	require.Empty(t, p.times(timeline.Schedule, "over"))
}

// TestScheduleDelay: an action comes up to two minutes late, but never before
// one that was planned earlier [sched] (spec 2.5).
func TestScheduleDelay(t *testing.T) {
	s := groupSpec(1, 9, 1).at("first", "10m", 5).at("second", "10m30s", 2).at("third", "10m30s", 3).at("fourth", "20m", 4)
	s.Schedules["first"].Delay = duration("2m")
	s.Schedules["fourth"].Delay = duration("10s")
	p := newPlant(t, s).until("1h")
	require.Equal(t, []string{
		"12m first: sets desired 5", "12m second: sets desired 2", "12m third: sets desired 3", "20m10s fourth: sets desired 4",
	}, p.texts(timeline.Schedule))
}

// TestMissedSchedule: what is missed while ScheduledActions is suspended is not
// replayed [susp] (spec 2.5).
func TestMissedSchedule(t *testing.T) {
	p := newPlant(t, groupSpec(1, 9, 1).at("missed", "10m", 5).at("kept", "20m", 3))
	p.group.suspensions[ScheduledActions].on = true
	p.until("15m")
	p.group.suspensions[ScheduledActions].on = false
	require.Equal(t, 3, p.until("30m").group.Desired)
	require.Equal(t, []string{
		"10m missed: missed, and not replayed: ScheduledActions is suspended", "20m kept: sets desired 3",
	}, p.texts(timeline.Schedule))
}

// TestScheduleWithItsBounds: an action whose desired is outside the limits sets
// them as well [sched]; without, it fails and says so. Dynamic policies go on
// within the new ones (spec 2.5).
func TestScheduleWithItsBounds(t *testing.T) {
	s := groupSpec(1, 4, 2).at("fails", "10m", 9)
	s.Schedules["widens"] = &ScheduleSpec{At: pointer(duration("20m")), Max: pointer(9), Desired: pointer(8)}
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 80)), "0.. +9")
	p := newPlant(t, s)
	p.cpu = flat(after("30m", 0.5, 1))
	require.Equal(t, 2, p.until("15m").group.Desired)
	require.Equal(t, 8, p.until("25m").group.Desired)
	require.Equal(t, 9, p.until("35m").group.Desired)
	require.Equal(t, []string{"10m fails: failed: desired 9 is outside 1 to 4", "20m widens: sets max 9, desired 8"}, p.texts(timeline.Schedule))
}

// TestPoliciesWithinScheduledBounds: policies go on after a scheduled action,
// within its bounds [sched] (spec 2.5).
func TestPoliciesWithinScheduledBounds(t *testing.T) {
	s := groupSpec(1, 9, 1)
	s.Policies["out"] = stepPolicy(quick(cpuAlarm(">=", 80)), "0.. =9")
	s.Policies["in"] = stepPolicy(quick(cpuAlarm("<=", 20)), "..0 =1")
	s.Schedules["day"] = &ScheduleSpec{At: pointer(duration("10m")), Min: pointer(2), Max: pointer(3), Desired: pointer(2)}
	p := newPlant(t, s)
	p.cpu = flat(func(minute engine.Time) float64 {
		if minute < 30*engine.Minute {
			return 1
		}
		return 0
	})
	require.Equal(t, []int{1, 9, 9}, p.desiredAt(1, 2, 9))
	require.Equal(t, []int{3, 3}, p.desiredAt(10, 30), "set to 2, and at once on to the new max")
	require.Equal(t, []int{2, 2}, p.desiredAt(40, 60))
}

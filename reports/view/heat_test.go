package view_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/models/site"
	"github.com/headroom-sim/headroom/reports/view"
)

// loaded is a result of as many minutes as there are loads of one fleet.
func loaded(minutes ...site.LoadMinute) *view.Data {
	series := &site.Series{Columns: []site.Column{{Name: "time_s", Unit: "s"}}, Loads: []site.Load{{Fleet: "web", Minutes: minutes}}}
	for i := range minutes {
		series.Rows = append(series.Rows, []float64{60 * float64(i)})
	}
	return view.New(&experiments.Result{DurationS: 60 * float64(len(minutes)), Detail: experiments.Detail{Series: series}})
}

// of is what a server received.
func of(server int32, n uint32) site.Received { return site.Received{Instance: server, Requests: n} }

// minute is one in which servers received so many requests a second.
func minute(received ...site.Received) site.LoadMinute {
	m := site.LoadMinute{Servers: len(received)}
	for _, r := range received {
		r.Requests *= 60
		m.Requests += uint64(r.Requests)
		m.Received = append(m.Received, r)
	}
	return m
}

func TestANewServerTakesTheFirstFreePlace(t *testing.T) {
	h := loaded(
		minute(of(1, 10), of(2, 20)),
		minute(of(1, 10), of(2, 20), of(3, 0)),
		minute(of(2, 20), of(3, 30)),
		minute(of(2, 20), of(3, 30), of(4, 40)),
	).Heat("web")
	none := math.NaN()
	require.False(t, h.Ranked)
	for i, want := range [][]float64{{10, 10, none, 40}, {20, 20, 20, 20}, {none, 0, 30, 30}} {
		require.InDeltaSlice(t, want, h.Rows[i], 1e-9, "place %d", i)
	}
	require.Equal(t, []float64{20, 20, 30, 40}, h.Busiest)
	require.Equal(t, []float64{15, 10, 25, 30}, h.Mean)
	require.Equal(t, []float64{10, 0, 20, 20}, h.Idlest)
	require.Equal(t, 40.0, h.Most)
}

func TestManyServersAreRanks(t *testing.T) {
	many, few := site.LoadMinute{Servers: 400, Requests: 400 * 60}, minute(of(1, 1), of(2, 9))
	for i := range site.MostLoads {
		many.Received = append(many.Received, site.Received{Instance: int32(i + 1), Requests: uint32(60 * (i * 7 % site.MostLoads))})
	}
	d := loaded(many, few)
	h := d.Heat("web")
	require.True(t, h.Ranked)
	require.Len(t, h.Rows, site.MostLoads)
	for r, row := range h.Rows {
		require.EqualValues(t, site.MostLoads-1-r, row[0])
	}
	require.Equal(t, []float64{9, 9, 1, 1}, []float64{h.Rows[0][1], h.Rows[24][1], h.Rows[25][1], h.Rows[49][1]})
	require.Equal(t, 1.0, h.Mean[0], "of all 400")
	require.Contains(t, h.Title(), "in 50 ranks of up to 400 servers")
}

func TestHeatTextTellsOfServersWithoutARequest(t *testing.T) {
	d := loaded(minute(of(1, 10)), minute(of(1, 30), of(2, 0)), minute(of(1, 20), of(2, 20)))
	h := d.Heat("web")
	require.Equal(t, "One server of web receives most at 0:01, 30/s; the mean of all servers in service is 15/s then. In service without a request: some server from 0:01 to 0:02. A row is a place in the fleet; a new server takes the first free one.", d.HeatText(h))
}

// A fleet of one server shows nothing that the load does not, and one without a
// request nothing at all.
func TestOneServerOrNoRequestIsNoHeat(t *testing.T) {
	require.Nil(t, loaded(minute(of(1, 10)), minute(of(1, 30))).Heat("web"))
	require.Nil(t, loaded(minute(of(1, 0), of(2, 0))).Heat("web"))
	require.Nil(t, loaded(minute(of(1, 10), of(2, 10))).Heat("app"))
}

func TestCellsJoinEqualLevels(t *testing.T) {
	d := loaded(
		minute(of(1, 0), of(2, 10)), minute(of(1, 0), of(2, 10)), minute(of(1, 100), of(2, 90)), minute(of(2, 88)),
	)
	h := d.Heat("web")
	require.Equal(t, 100.0, h.Axis.Max)
	var got [view.HeatLevels + 1][]view.Cell
	got[0] = []view.Cell{{Row: 0, Span: view.Span{From: 0, To: 120}}}
	got[1] = []view.Cell{{Row: 1, Span: view.Span{From: 0, To: 120}}}
	got[7] = []view.Cell{{Row: 0, Span: view.Span{From: 120, To: 180}}, {Row: 1, Span: view.Span{From: 120, To: 240}}}
	require.Equal(t, got, h.Cells(d.Edges))
	require.Equal(t, "0 to 100/s", h.ScaleText())
	require.True(t, h.Waited())
}

// Of a long run each column is the mean of its minutes, and the scale is that of
// the columns.
func TestManyMinutesAreFewColumns(t *testing.T) {
	var minutes []site.LoadMinute
	for i := range 3 * view.HeatColumns {
		minutes = append(minutes, minute(of(1, 10), of(2, uint32(i%3)*30)))
	}
	d := loaded(minutes...)
	h := d.Heat("web")
	require.Equal(t, 60.0, h.Most)
	require.Equal(t, "0 to 30/s and more", h.ScaleText())
	cells := h.Cells(d.Edges)
	require.Equal(t, []view.Cell{{Row: 1, Span: view.Span{To: d.Clock.Duration}}}, cells[7], "the mean of 0, 30 and 60")
	require.Empty(t, cells[0])
}

package scenario

import (
	"reflect"

	"github.com/headroom-sim/headroom/models/autoscaling"
	"github.com/headroom-sim/headroom/models/backend"
	"github.com/headroom-sim/headroom/models/cloudwatch"
	"github.com/headroom-sim/headroom/models/deployment"
	"github.com/headroom-sim/headroom/models/quantity"
	"github.com/headroom-sim/headroom/models/server"
	"github.com/invopop/jsonschema"
)

// A form is how the values of a type are written: its name in the reference,
// and what the schema lets through. The decoder is stricter.
type form struct {
	of     reflect.Type
	name   string
	schema func() []*jsonschema.Schema // one of these
}

// Patterns of the quantities, as far as a schema needs them.
const (
	durationForm = `[0-9]+(\.[0-9]+)? ?(w|d|h|ms|m|s|us|µs|ns)( ?[0-9]+(\.[0-9]+)? ?(w|d|h|ms|m|s|us|µs|ns))*`
	rateForm     = `[0-9]+(\.[0-9]+)?( ?/ ?(s|min|h|d)| per ` + durationForm + `)`
	quotaForm    = `[1-9][0-9]*( ?/ ?(s|min|h)| per ` + durationForm + `)`
	podRate      = `[1-9][0-9]* ?(%|pods?) per ` + durationForm
	clockForm    = `([01][0-9]|2[0-3]):[0-5][0-9]`
	shareForm    = `[0-9]+(\.[0-9]+)? ?%`
	sizeForm     = `[0-9]+(\.[0-9]+)? ?(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)`
	spanLaws     = `(constant|uniform|exponential|erlang|hyperexponential|lognormal|gamma|weibull|pareto|empirical)\(.+\)`
	numberLaws   = `(constant|geometric|empirical)\(.+\)`
)

func matching(pattern string) *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Pattern: "^(" + pattern + ")$"}
}

func typed(name string) *jsonschema.Schema { return &jsonschema.Schema{Type: name} }

func zero() *jsonschema.Schema { return &jsonschema.Schema{Const: 0} }

func listOf(item *jsonschema.Schema) *jsonschema.Schema {
	least := uint64(1)
	return &jsonschema.Schema{Type: "array", Items: item, MinItems: &least}
}

func word(text string) *jsonschema.Schema { return &jsonschema.Schema{Const: text} }

type schemas = []*jsonschema.Schema

// forms lists the types that read themselves.
func forms() []form {
	return []form{
		{reflect.TypeFor[quantity.Duration](), "duration", func() schemas { return schemas{matching(durationForm), zero()} }},
		{reflect.TypeFor[quantity.Rate](), "rate", func() schemas { return schemas{matching(rateForm), zero()} }},
		{reflect.TypeFor[quantity.Quota](), "number in a time", func() schemas { return schemas{matching(quotaForm)} }},
		{reflect.TypeFor[quantity.Share](), "share", func() schemas { return schemas{matching(shareForm), unitInterval()} }},
		{reflect.TypeFor[quantity.Size](), "size", func() schemas { return schemas{matching(sizeForm), zero()} }},
		{reflect.TypeFor[quantity.Span](), "durations", func() schemas { return schemas{matching(durationForm + "|" + spanLaws), zero()} }},
		{reflect.TypeFor[quantity.Number](), "counts", func() schemas { return schemas{matching(numberLaws), typed("integer")} }},
		{reflect.TypeFor[quantity.Window](), "window", func() schemas { return schemas{matching(durationForm + ` ?\.\. ?` + durationForm)} }},
		{reflect.TypeFor[quantity.File](), "file", func() schemas { return schemas{typed("string")} }},
		{reflect.TypeFor[quantity.Cron](), "cron", func() schemas { return schemas{matching(`\S+( +\S+){4}`)} }},
		{reflect.TypeFor[quantity.RateProfile](), "rate or points", func() schemas {
			return schemas{matching(rateForm), zero(), listOf(matching(`(` + durationForm + `|0) ` + rateForm))}
		}},
		{reflect.TypeFor[quantity.DailyProfile](), "points of the day", func() schemas { return schemas{listOf(matching(clockForm + " " + rateForm))} }},
		{reflect.TypeFor[Discard](), `duration or "auto"`, func() schemas { return schemas{matching(durationForm), word("auto"), zero()} }},
		{reflect.TypeFor[quantity.Instant](), "instant", func() schemas { return schemas{typed("string")} }},
		{reflect.TypeFor[quantity.Zone](), "time zone", func() schemas { return schemas{typed("string")} }},
		{reflect.TypeFor[Region](), "region", regionForm},
		{reflect.TypeFor[Figure](), "number, share or duration", func() schemas { return schemas{typed("number"), matching(shareForm + "|" + durationForm)} }},
		{reflect.TypeFor[cloudwatch.StatisticName](), "statistic", func() schemas {
			return schemas{matching(`Average|Sum|Minimum|Maximum|SampleCount|p[0-9]{1,3}(\.[0-9]{1,10})?`)}
		}},
		{reflect.TypeFor[cloudwatch.Expression](), "alarm rule", func() schemas { return schemas{typed("string")} }},
		{reflect.TypeFor[autoscaling.Adjustment](), "adjustment", func() schemas { return schemas{matching(adjustmentForm)} }},
		{reflect.TypeFor[autoscaling.Rates](), "list of rates", func() schemas {
			return schemas{listOf(matching(podRate)), matching(podRate + `( ?, ?` + podRate + `)*`)}
		}},
		{reflect.TypeFor[autoscaling.Steps](), "list of steps", func() schemas { return schemas{listOf(matching(`-?[0-9.]*\.\.-?[0-9.]* ` + adjustmentForm))} }},
		{reflect.TypeFor[deployment.Steps](), "list of steps", func() schemas { return schemas{listOf(matching(`[1-9][0-9]? ?% for ` + durationForm))} }},
		{reflect.TypeFor[quantity.Portion](), "whole number or share", func() schemas { return schemas{typed("integer"), matching(`[0-9]+|` + shareForm)} }},
		{reflect.TypeFor[backend.Capacity](), "whole number or size", func() schemas { return schemas{typed("integer"), matching(sizeForm)} }},
		{reflect.TypeFor[Values](), "range or list of values", func() schemas {
			return schemas{typed("string"), typed("number"), typed("boolean"), {Type: "array"}, typed("object")}
		}},
		{reflect.TypeFor[server.Workers](), `whole number or "auto"`, func() schemas { return schemas{typed("integer"), word("auto")} }},
	}
}

const adjustmentForm = `[+-][0-9]+%?|=[0-9]+`

func unitInterval() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "number", Minimum: "0", Maximum: "1"}
}

// formOf is the form of a type that reads itself.
func formOf(t reflect.Type) (form, bool) {
	for _, f := range forms() {
		if f.of == t {
			return f, true
		}
	}
	return form{}, false
}

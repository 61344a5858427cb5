package headroom_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The rules see what they are there to see, and let pass what they should.
func TestProblems(t *testing.T) {
	for _, c := range problemCases {
		t.Run(c.name, func(t *testing.T) {
			got, err := problems(c.file, []byte("package p\n\n"+c.body+"\n"))
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

var problemCases = []struct {
	name, file, body string
	want             []string
}{
	{"down", "models/server/a.go", `import "github.com/headroom-sim/headroom/engine"`, nil},
	{"the exception", "models/autoscaling/a.go", `import "github.com/headroom-sim/headroom/models/cloudwatch"`, nil},
	{
		"the exception backwards", "models/cloudwatch/a.go", `import "github.com/headroom-sim/headroom/models/autoscaling"`,
		[]string{"models/cloudwatch/a.go:3: models/cloudwatch must not import models/autoscaling: packages of one layer do not know each other"},
	},
	{
		"up", "engine/random/a.go", `import "github.com/headroom-sim/headroom/models/traffic"`,
		[]string{"engine/random/a.go:3: engine/random must not import models/traffic: arrows run down"},
	},
	{
		"a new package", "models/fridge/a.go", `import "github.com/headroom-sim/headroom/engine"`,
		[]string{"models/fridge/a.go:3: models/fridge has no layer: declare it in architecture_test.go"},
	},
	{
		"import of a new package", "cmd/headroom/a.go", `import "github.com/headroom-sim/headroom/models/fridge"`,
		[]string{"cmd/headroom/a.go:3: models/fridge has no layer: declare it in architecture_test.go"},
	},
	{
		"a library in the engine", "engine/a.go", `import "example.com/heap"`,
		[]string{"engine/a.go:3: engine must not import example.com/heap: engine uses the standard library only"},
	},
	{
		"a plot outside chart", "reports/a.go", `import "gonum.org/v1/plot/vg"`,
		[]string{"reports/a.go:3: reports must not import gonum.org/v1/plot/vg: only reports/chart draws"},
	},
	{"a plot in chart", "reports/chart/a.go", `import "gonum.org/v1/plot"`, nil},
	{
		"gonum in a model", "models/client/a.go", `import "gonum.org/v1/gonum/stat"`,
		[]string{"models/client/a.go:3: models/client must not import gonum.org/v1/gonum/stat: sums in another order on another processor"},
	},
	{
		"a file", "models/scenario/a.go", `import "os"`,
		[]string{"models/scenario/a.go:3: models/scenario must not import os: a model touches no file, network or terminal"},
	},
	{
		"the wall clock under another name", "models/site/a.go", "import clock \"time\"\nvar now = clock.Now()",
		[]string{"models/site/a.go:4: models/site must not use time.Now: a model knows simulated time only"},
	},
	{"a span of time", "models/site/a.go", "import \"time\"\nconst day = 24 * time.Hour", nil},
	{
		"the processor's own exp", "experiments/output/a.go", "import \"math\"\nvar e = math.Exp(1)",
		[]string{"experiments/output/a.go:4: experiments/output must not use math.Exp: rounds otherwise on another processor: engine/random has its own"},
	},
	{"exact functions", "engine/tally/a.go", "import \"math\"\nvar e = math.Sqrt(2)", nil},
	{
		"a goroutine", "reports/a.go", "func f() { go f() }",
		[]string{"reports/a.go:3: reports must not start a goroutine: only cmd and experiments may"},
	},
	{"a goroutine where it may be", "experiments/a.go", "func f() { go f() }", nil},
	{
		"an init", "cmd/headroom/a.go", "func init() {}",
		[]string{"cmd/headroom/a.go:3: cmd/headroom must not have an init function: say it where it is used"},
	},
	{
		"a read without a bound", "reports/a.go", "import (\"io\"; \"os\")\nvar a, _ = os.ReadFile(name)\nvar b, _ = io.ReadAll(r)\nvar c, _ = os.Open(name)",
		[]string{
			"reports/a.go:4: reports must not use os.ReadFile: what is read has a bound, and a file that is found may be none that ends: experiments/files sees to both",
			"reports/a.go:5: reports must not use io.ReadAll: what is read has a bound, and a file that is found may be none that ends: experiments/files sees to both",
			"reports/a.go:6: reports must not use os.Open: what is read has a bound, and a file that is found may be none that ends: experiments/files sees to both",
		},
	},
	{"a read with a bound", "experiments/files/a.go", "import \"os\"\nvar a, _ = os.Open(name)", nil},
	{"a file in the binary", "experiments/a.go", "import \"io/fs\"\nvar a, _ = fs.ReadFile(sources, name)", nil},
	{
		"a print", "reports/a.go", "import \"fmt\"\nfunc f() { fmt.Println() }",
		[]string{"reports/a.go:4: reports must not use fmt.Println: nothing below cmd prints"},
	},
	{
		"a client", "cmd/headroom/a.go", "import \"net/http\"",
		[]string{"cmd/headroom/a.go:3: cmd/headroom must not import net/http: no command uses a network or starts another program"},
	},
	{"an address", "reports/a.go", "import \"net/url\"", nil},
	{"a print in cmd", "cmd/headroom/a.go", "import \"fmt\"\nfunc f() { fmt.Println() }", nil},
}

// Package headroom_test holds what is true of the repository as a whole.
package headroom_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/headroom-sim/headroom/"

// layers are the packages from top to bottom. A package imports from the
// layers below its own only; those of one layer do not know each other.
var layers = [][]string{
	{"cmd/headroom", "internal/mutate"},
	{"reports"},
	{"reports/chart", "reports/export", "reports/page"},
	{"reports/view"},
	{"reports/internal/sample"},
	{"experiments"},
	{"experiments/units"}, // a leaf: a failed test in Go shows figures as reports do
	{"experiments/bounds", "experiments/design", "experiments/laws"},
	{"experiments/archive", "experiments/cells", "experiments/gallery", "experiments/output", "experiments/theory"},
	{"experiments/files"},
	{"models/site"},
	{"internal/swarm"}, // random scenarios for tests
	{"models/scenario"},
	{"models/deployment"},
	{
		"models/autoscaling", "models/backend", "models/balancer", "models/catalog", "models/client",
		"models/cloudwatch", "models/incident", "models/network", "models/server", "models/session",
	},
	{"models/autoscaling/azure", "models/autoscaling/gcp", "models/autoscaling/hpa"},
	{"models/autoscaling/forecast"},
	{"models/timeline", "models/trace", "models/traffic"},
	{"internal/measured", "models/quantity"},
	{"engine/random", "engine/tally"},
	{"engine"},
}

// exceptions are imports within a layer, with the reason for each.
var exceptions = map[[2]string]string{
	{"models/autoscaling", "models/cloudwatch"}: "a scaling policy holds the alarm that invokes it",
}

// ban keeps imports, or single names of an imported package, out of packages.
type ban struct {
	in     []string // packages by prefix; "" is all
	except []string // packages by prefix
	paths  []string // imports; a trailing slash bans everything below
	names  []string // of the imports; none bans the import as a whole
	reason string
}

var (
	simulated = []string{"engine", "models"}
	printed   = []string{"engine", "models", "experiments/bounds", "experiments/design", "experiments/laws", "experiments/output", "experiments/theory"}
)

var bans = []ban{
	{
		in: simulated, paths: []string{"os", "os/", "net", "net/", "syscall", "log", "log/", "plugin"},
		reason: "a model touches no file, network or terminal",
	},
	{
		in: simulated, paths: []string{"sync", "sync/"},
		reason: "a simulation runs in one goroutine and needs no lock",
	},
	{
		in: simulated, paths: []string{"math/rand", "math/rand/", "crypto/rand", "hash/maphash"},
		reason: "luck comes from the named streams of engine/random",
	},
	{
		in: simulated, paths: []string{"unsafe", "C"},
		reason: "must compile, and mean the same, for every architecture",
	},
	{
		in: simulated, paths: []string{"time"},
		names:  []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Local"},
		reason: "a model knows simulated time only",
	},
	{
		in: printed, paths: []string{"math"},
		names: []string{
			"Exp", "Exp2", "Expm1", "Log", "Log10", "Log1p", "Log2", "Pow", "Sin", "Cos", "Sincos", "Tan",
			"Asin", "Acos", "Atan", "Atan2", "Sinh", "Cosh", "Tanh", "Asinh", "Acosh", "Atanh", "Cbrt", "Hypot",
			"Gamma", "Lgamma", "Erf", "Erfc", "Erfinv", "Erfcinv", "J0", "J1", "Jn", "Y0", "Y1", "Yn",
		},
		reason: "rounds otherwise on another processor: engine/random has its own",
	},
	{
		in: printed, paths: []string{"gonum.org/"},
		reason: "sums in another order on another processor",
	},
	{
		in: []string{""}, paths: []string{module + "internal/swarm"},
		reason: "random scenarios, and the flags that ask for them, are for tests",
	},
	{
		in: []string{""}, except: []string{"reports/chart"}, paths: []string{"gonum.org/v1/plot", "gonum.org/v1/plot/"},
		reason: "only reports/chart draws",
	},
	{
		in: []string{""}, except: []string{"cmd"}, paths: []string{"fmt"}, names: []string{"Print", "Printf", "Println"},
		reason: "nothing below cmd prints",
	},
	{
		in: []string{""}, except: []string{"internal/mutate"}, paths: offline,
		reason: "no command uses a network or starts another program",
	},
	{
		in: []string{""}, except: []string{"cmd", "internal/mutate"}, paths: []string{"os"}, names: []string{"Exit", "Stdin", "Stdout", "Stderr"},
		reason: "nothing below cmd talks to the terminal or exits",
	},
	{
		in: []string{""}, except: []string{"experiments/files", "internal"}, paths: []string{"os", "io", "io/ioutil"},
		names:  []string{"Open", "ReadFile", "ReadAll"},
		reason: "what is read has a bound, and a file that is found may be none that ends: experiments/files sees to both",
	},
}

// offline are imports by which a program reaches others.
var offline = []string{"net", "net/http", "net/http/", "net/rpc", "net/rpc/", "net/smtp", "os/exec", "plugin", "golang.org/x/net/"}

// mayStart are the packages that may start goroutines.
var mayStart = []string{"cmd", "experiments"}

func TestArchitecture(t *testing.T) {
	var all []string
	for _, name := range goFiles(t) {
		source, err := os.ReadFile(name)
		require.NoError(t, err)
		found, err := problems(name, source)
		require.NoError(t, err)
		all = append(all, found...)
	}
	require.Empty(t, all, strings.Join(all, "\n"))
}

// The page that is the way through the house names every room.
func TestArchitecturePageNamesAllPackages(t *testing.T) {
	page, err := os.ReadFile("docs/background/architecture.md")
	require.NoError(t, err)
	for _, name := range goFiles(t) {
		require.True(t, strings.Contains(string(page), "`"+path.Dir(name)+"`"), "%s is not on the page", path.Dir(name))
	}
}

// goFiles are the source files of the module that are no tests.
func goFiles(t *testing.T) (files []string) {
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && skipped(name):
			return filepath.SkipDir
		case strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go"):
			files = append(files, filepath.ToSlash(name))
		}
		return nil
	})
	require.NoError(t, err)
	require.Greater(t, len(files), 50, "the walk must see the repository")
	return files
}

// skipped reports whether a folder is no part of the module.
func skipped(dir string) bool {
	base := filepath.Base(dir)
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil || base == "testdata" || base == "vendor" || base[0] == '.' || base[0] == '_'
}

// problems are the rules that one file breaks, each with the line that does.
func problems(file string, source []byte) ([]string, error) {
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, file, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	f := &inspected{fset: fset, pkg: path.Dir(file), imports: map[string]string{}}
	for _, spec := range parsed.Imports {
		f.checkImport(spec)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		f.checkNode(n)
		return true
	})
	return f.found, nil
}

// inspected is a file under inspection.
type inspected struct {
	fset    *token.FileSet
	pkg     string            // its package, relative to the module
	imports map[string]string // path by the name it has in the file
	found   []string
}

func (f *inspected) report(at token.Pos, format string, args ...any) {
	where := f.fset.Position(at)
	f.found = append(f.found, fmt.Sprintf("%s:%d: ", where.Filename, where.Line)+fmt.Sprintf(format, args...))
}

func (f *inspected) checkImport(spec *ast.ImportSpec) {
	target, _ := strconv.Unquote(spec.Path.Value) // the parser has seen to it
	name := path.Base(target)
	if spec.Name != nil {
		name = spec.Name.Name
	}
	f.imports[name] = target
	for _, b := range bans {
		if len(b.names) == 0 && b.covers(f.pkg, target) {
			f.report(spec.Pos(), "%s must not import %s: %s", f.pkg, target, b.reason)
		}
	}
	switch local, own := strings.CutPrefix(target, module); {
	case own:
		f.checkArrow(spec.Pos(), local)
	case within(f.pkg, "engine") && strings.Contains(target, "."):
		f.report(spec.Pos(), "%s must not import %s: engine uses the standard library only", f.pkg, target)
	}
}

// checkArrow checks an import of another package of the module.
func (f *inspected) checkArrow(at token.Pos, target string) {
	from, to := layerOf(f.pkg), layerOf(target)
	_, excepted := exceptions[[2]string{f.pkg, target}]
	switch {
	case from < 0:
		f.report(at, "%s has no layer: declare it in architecture_test.go", f.pkg)
	case to < 0:
		f.report(at, "%s has no layer: declare it in architecture_test.go", target)
	case from == to && !excepted:
		f.report(at, "%s must not import %s: packages of one layer do not know each other", f.pkg, target)
	case from > to:
		f.report(at, "%s must not import %s: arrows run down", f.pkg, target)
	}
}

func (f *inspected) checkNode(n ast.Node) {
	switch n := n.(type) {
	case *ast.GoStmt:
		if !underAny(f.pkg, mayStart) {
			f.report(n.Pos(), "%s must not start a goroutine: only %s may", f.pkg, strings.Join(mayStart, " and "))
		}
	case *ast.FuncDecl:
		if n.Recv == nil && n.Name.Name == "init" {
			f.report(n.Pos(), "%s must not have an init function: say it where it is used", f.pkg)
		}
	case *ast.SelectorExpr:
		f.checkSelector(n)
	}
}

// checkSelector checks pkg.Name. A local variable that hides an imported name
// would be taken for it; no file of good taste has one.
func (f *inspected) checkSelector(n *ast.SelectorExpr) {
	left, plain := n.X.(*ast.Ident)
	if !plain {
		return
	}
	target := f.imports[left.Name]
	for _, b := range bans {
		if slices.Contains(b.names, n.Sel.Name) && b.covers(f.pkg, target) {
			f.report(n.Pos(), "%s must not use %s.%s: %s", f.pkg, target, n.Sel.Name, b.reason)
		}
	}
}

// covers reports whether the ban holds for the import in the package.
func (b ban) covers(pkg, target string) bool {
	if !underAny(pkg, b.in) || underAny(pkg, b.except) {
		return false
	}
	return slices.ContainsFunc(b.paths, func(banned string) bool {
		return target == banned || strings.HasSuffix(banned, "/") && strings.HasPrefix(target, banned)
	})
}

func layerOf(pkg string) int {
	return slices.IndexFunc(layers, func(layer []string) bool { return slices.Contains(layer, pkg) })
}

func underAny(pkg string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool { return within(pkg, prefix) })
}

// within reports whether pkg is the package prefix or one below it.
func within(pkg, prefix string) bool {
	return prefix == "" || pkg == prefix || strings.HasPrefix(pkg, prefix+"/")
}

package cloudwatch

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// inStates gives children states: by the name's last letter a is in ALARM, o in
// OK, everything else in INSUFFICIENT_DATA.
func inStates(names []string) []*Status {
	var list []*Status
	for _, name := range names {
		s := &Status{Name: name}
		switch name[len(name)-1] {
		case 'a':
			s.State = InAlarm
		case 'o':
			s.State = OK
		}
		list = append(list, s)
	}
	return list
}

// TestCompositeRule has the grammar of composite alarms' rules [api-comp], spec
// 3.2.
func TestCompositeRule(t *testing.T) {
	for rule, want := range map[string]bool{
		`TRUE`:                            true,
		`FALSE`:                           false,
		`NOT FALSE`:                       true,
		`NOT NOT TRUE`:                    true,
		`ALARM(a)`:                        true,
		`ALARM("a")`:                      true,
		` ALARM ( "a" ) `:                 true,
		`OK(a)`:                           false,
		`OK(o)`:                           true,
		`INSUFFICIENT_DATA(i)`:            true,
		`ALARM(i)`:                        false,
		`ALARM(a) AND ALARM(o)`:           false,
		`ALARM(a) OR ALARM(o)`:            true,
		`ALARM(a) AND NOT ALARM(o)`:       true,
		`TRUE OR TRUE AND FALSE`:          true,
		`(TRUE OR TRUE) AND FALSE`:        false,
		`NOT TRUE AND FALSE`:              false,
		`NOT (TRUE AND FALSE)`:            true,
		`NOT ALARM(o) OR ALARM(o)`:        true,
		"ALARM(web.cpu-a)\n\tAND TRUE":    true,
		`((ALARM(a)))`:                    true,
		`ALARM(a)AND(TRUE)`:               true,
		`ALARM("two words a") AND TRUE`:   true,
		`ALARM(a) AND ALARM(a) AND OK(o)`: true,
	} {
		e, err := ParseExpression(rule)
		require.NoError(t, err, rule)
		require.Equal(t, want, e.root.holds(inStates(e.Children)), rule)
	}
	e, err := ParseExpression(`ALARM("x") OR OK(y) OR NOT ALARM(x)`)
	require.NoError(t, err)
	require.Equal(t, []string{"x", "y"}, e.Children)
}

// TestWrongCompositeRule says where a rule is wrong and what was expected there.
func TestWrongCompositeRule(t *testing.T) {
	const part = "ALARM, OK or INSUFFICIENT_DATA with an alarm in parentheses, TRUE, FALSE, NOT or '('"
	for rule, want := range map[string]string{
		``:                        "character 1: expected " + part + ", but the rule ends",
		`ALARM(a) AND`:            "character 13: expected " + part + ", but the rule ends",
		`alarm(a)`:                "character 1: expected " + part + ", but there is 'alarm'",
		`ALARM(a) ALARM(b)`:       "character 10: expected AND, OR or the end, but there is 'ALARM'",
		`ALARM(a))`:               "character 9: expected AND, OR or the end, but there is ')'",
		`(ALARM(a)`:               "character 10: expected AND, OR or ')', but the rule ends",
		`ALARM`:                   "character 6: expected '(' and the name of an alarm, but the rule ends",
		`ALARM()`:                 "character 7: expected the name of an alarm, but there is ')'",
		`ALARM("")`:               `character 7: expected the name of an alarm, but there is '""'`,
		`ALARM("a)`:               `character 7: expected the name of an alarm, but there is '"a)'`,
		`ALARM(a b)`:              "character 9: expected ')', but there is 'b'",
		`ALARM(a`:                 "character 8: expected ')', but the rule ends",
		`ALARM(a) && ALARM(b)`:    "character 10: expected AND, OR or the end, but there is '&&'",
		`NOT`:                     "character 4: expected " + part + ", but the rule ends",
		`TRUE TRUE`:               "character 6: expected AND, OR or the end, but there is 'TRUE'",
		strings.Repeat("x", 50):   "character 1: expected " + part + ", but there is '" + strings.Repeat("x", 40) + "...'",
		strings.Repeat(" ", 1e5):  "must have at most 10240 characters (have 100000)",
		manyChildren(101):         "must have at most 100 alarms (have 101)",
		strings.Repeat("(", 1e4):  "character 10001: expected " + part + ", but the rule ends",
		"TRUE AND ALARM(a) OR OR": "character 22: expected " + part + ", but there is 'OR'",
	} {
		_, err := ParseExpression(rule)
		require.EqualError(t, err, want, rule)
	}
	_, err := ParseExpression(manyChildren(100))
	require.NoError(t, err)
}

func manyChildren(n int) string {
	var parts []string
	for i := range n {
		parts = append(parts, "OK(c"+strconv.Itoa(i)+")")
	}
	return strings.Join(parts, " OR ")
}

// drawRule makes a rule, with brackets round everything or only where they are
// needed, and says whether it holds.
func drawRule(t *rapid.T, depth int) (text string, precedence int, holds bool) {
	kind := rapid.IntRange(0, 5).Draw(t, "kind")
	if depth == 0 {
		kind %= 3
	}
	operand := func(least int) (string, bool) {
		text, precedence, holds := drawRule(t, depth-1)
		if precedence < least || rapid.Bool().Draw(t, "brackets") {
			text = "(" + text + ")"
		}
		return text, holds
	}
	switch kind {
	case 0:
		return "TRUE", 3, true
	case 1:
		return "FALSE", 3, false
	case 2:
		state := rapid.SampledFrom(stateNames).Draw(t, "state")
		name := rapid.SampledFrom([]string{"xa", "xo", "xi"}).Draw(t, "name")
		return state + "(" + name + ")", 3, inStates([]string{name})[0].State.String() == state
	case 3:
		text, holds := operand(3)
		return "NOT " + text, 3, !holds
	case 4:
		left, l := operand(2)
		right, r := operand(3)
		return left + " AND " + right, 2, l && r
	default:
		left, l := operand(1)
		right, r := operand(2)
		return left + " OR " + right, 1, l || r
	}
}

// TestRandomCompositeRules compares with rules whose meaning is known.
func TestRandomCompositeRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, _, want := drawRule(t, 5)
		e, err := ParseExpression(text)
		require.NoError(t, err, text)
		require.Equal(t, want, e.root.holds(inStates(e.Children)), text)
	})
}

func FuzzRule(f *testing.F) {
	for _, rule := range []string{
		`ALARM(a) AND NOT OK("b")`, `(TRUE OR FALSE) AND INSUFFICIENT_DATA(web.cpu)`, `NOT`, `ALARM("`, `((`, "OK(\n)", `ALARM(a)) OR`,
	} {
		f.Add(rule)
	}
	position := regexp.MustCompile(`^character (\d+): expected `)
	f.Fuzz(func(t *testing.T, rule string) {
		e, err := ParseExpression(rule)
		if err != nil {
			if m := position.FindStringSubmatch(err.Error()); m != nil {
				at, _ := strconv.Atoi(m[1])
				require.True(t, 1 <= at && at <= len(rule)+1, err)
			} else {
				require.ErrorContains(t, err, "must have at most ")
			}
			return
		}
		var children []*Status
		for range e.Children {
			children = append(children, &Status{State: OK})
		}
		holds := e.root.holds(children)
		negated, err := ParseExpression(fmt.Sprintf("NOT (%s)", rule))
		if len(rule) < longestRule-10 {
			require.NoError(t, err)
			require.Equal(t, !holds, negated.root.holds(children))
		}
	})
}

package cloudwatch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/headroom-sim/headroom/models/quantity"
)

// Expression is the rule of a composite alarm [api-comp]:
//
//	rule  = term { OR term }
//	term  = part { AND part }
//	part  = NOT part | TRUE | FALSE | "(" rule ")" | state "(" name ")"
//	state = ALARM | OK | INSUFFICIENT_DATA
//
// A name may be in double quotes. That NOT binds tighter than AND, and AND than
// OR, is UNSOURCED: parentheses say it without doubt.
type Expression struct {
	// Text is the rule as it was written, "" for none.
	Text string
	// Children are the names of the alarms in it, in order of their mention, each
	// once.
	Children []string

	root *node
}

// Bounds on rules [api-comp].
const (
	longestRule  = 10240 // characters
	mostChildren = 100
)

// node is a part of a rule.
type node struct {
	op          operator
	left, right *node // operands; of not only the left
	child       int
	state       State // that the child is to be in
}

type operator uint8

const (
	always operator = iota
	never
	is
	not
	and
	or
)

// holds reports whether the rule is true in the states of its children.
func (n *node) holds(children []*Status) bool {
	switch n.op {
	case is:
		return children[n.child].State == n.state
	case not:
		return !n.left.holds(children)
	case and:
		return n.left.holds(children) && n.right.holds(children)
	case or:
		return n.left.holds(children) || n.right.holds(children)
	default:
		return n.op == always
	}
}

// ParseExpression reads the rule of a composite alarm. An error says at which
// character what was expected.
func ParseExpression(text string) (Expression, error) {
	if len(text) > longestRule {
		return Expression{}, fmt.Errorf("must have at most %d characters (have %d)", longestRule, len(text))
	}
	p := parser{rest: text, length: len(text)}
	p.next()
	root := p.rule()
	if p.problem == nil && p.token != "" {
		p.expected("AND, OR or the end")
	}
	if p.problem != nil {
		return Expression{}, p.problem
	}
	if len(p.children) > mostChildren {
		return Expression{}, fmt.Errorf("must have at most %d alarms (have %d)", mostChildren, len(p.children))
	}
	return Expression{text, p.children, root}, nil
}

// Read implements quantity.Reader. After an error the Text is there all the
// same: it tells that there is a rule.
func (e *Expression) Read(raw any, _ quantity.Files) error {
	text, ok := raw.(string)
	if !ok {
		e.Text = fmt.Sprint(raw)
		return fmt.Errorf(`must be a rule such as "ALARM(slow) AND NOT ALARM(deploying)" %s`, quantity.Have(raw))
	}
	read, err := ParseExpression(text)
	read.Text = text
	*e = read
	return err
}

// MarshalText gives the rule as it was written.
func (e Expression) MarshalText() ([]byte, error) { return []byte(e.Text), nil }

// parser reads a rule by recursive descent. After a problem the token is the
// end, so that every loop ends.
type parser struct {
	token    string // "" at the end; a name in quotes keeps them
	rest     string // what follows it
	length   int    // of the whole rule
	children []string
	problem  error
}

// next goes to the next token: a bracket, a name in quotes, or a word.
func (p *parser) next() {
	p.rest = strings.TrimLeft(p.rest, " \t\r\n")
	n := 0
	switch {
	case p.rest == "":
	case p.rest[0] == '"':
		n = 1 + strings.IndexByte(p.rest[1:], '"') + 1
		if n == 1 {
			n = len(p.rest) // the closing quote is missing
		}
	case strings.IndexByte("()", p.rest[0]) >= 0:
		n = 1
	default:
		if n = strings.IndexAny(p.rest, "()\" \t\r\n"); n < 0 {
			n = len(p.rest)
		}
	}
	p.token, p.rest = p.rest[:n], p.rest[n:]
}

// take passes the token if it is the given one.
func (p *parser) take(token string) bool {
	if p.token != token {
		return false
	}
	p.next()
	return true
}

// expected notes what there should be instead of the token.
func (p *parser) expected(what string) {
	if p.problem == nil {
		at := p.length - len(p.rest) - len(p.token) + 1
		found := "the rule ends"
		if p.token != "" {
			found = "there is " + quoted(p.token)
		}
		p.problem = fmt.Errorf("character %d: expected %s, but %s", at, what, found)
	}
	p.token, p.rest = "", ""
}

// quoted shows a token, cut where it is long.
func quoted(token string) string {
	const longest = 40
	if len(token) > longest {
		token = strings.ToValidUTF8(token[:longest], "") + "..."
	}
	return "'" + token + "'"
}

func (p *parser) rule() *node {
	n := p.term()
	for p.take("OR") {
		n = &node{op: or, left: n, right: p.term()}
	}
	return n
}

func (p *parser) term() *node {
	n := p.part()
	for p.take("AND") {
		n = &node{op: and, left: n, right: p.part()}
	}
	return n
}

func (p *parser) part() *node {
	switch {
	case p.take("NOT"):
		return &node{op: not, left: p.part()}
	case p.take("TRUE"):
		return &node{op: always}
	case p.take("FALSE"):
		return &node{op: never}
	case p.take("("):
		n := p.rule()
		if !p.take(")") {
			p.expected("AND, OR or ')'")
		}
		return n
	}
	if i := slices.Index(stateNames, p.token); i >= 0 {
		p.next()
		return p.condition(State(i))
	}
	p.expected("ALARM, OK or INSUFFICIENT_DATA with an alarm in parentheses, TRUE, FALSE, NOT or '('")
	return &node{}
}

// condition reads the alarm that is to be in the state.
func (p *parser) condition(state State) *node {
	if !p.take("(") {
		p.expected("'(' and the name of an alarm")
		return &node{}
	}
	name := p.token
	if strings.HasPrefix(name, `"`) && !(len(name) > 2 && strings.HasSuffix(name, `"`)) || name == "" || strings.Contains("()", name) {
		p.expected("the name of an alarm")
		return &node{}
	}
	name = strings.Trim(name, `"`)
	child := slices.Index(p.children, name)
	if child < 0 {
		child = len(p.children)
		p.children = append(p.children, name)
	}
	p.next()
	if !p.take(")") {
		p.expected("')'")
	}
	return &node{op: is, child: child, state: state}
}

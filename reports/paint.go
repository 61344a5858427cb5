package reports

// ink is a colour or weight of the terminal, as the parameters of its control
// sequence. Colours are of the 256-colour palette, near to those of the plots
// and readable on dark and on light ground.
type ink string

const (
	strong ink = "1"
	dim    ink = "2"
	good   ink = "38;5;32"  // the blue of what holds
	bad    ink = "38;5;166" // the vermilion of what fails
	doubt  ink = "38;5;172"
	blue   ink = "38;5;68"
	green  ink = "38;5;35"
	purple ink = "38;5;133"
)

// painter paints, or doesn't where the terminal has no colour.
type painter bool

func (p painter) paint(i ink, text string) string {
	if !p || i == "" || text == "" {
		return text
	}
	return "\x1b[" + string(i) + "m" + text + "\x1b[0m"
}

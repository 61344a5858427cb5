package design

import "slices"

// A Mark is a place on an axis along the levels of a factor, and what is written
// there. The place is a level, or lies between two of a factor that takes any value.
type Mark struct {
	Level float64
	Text  string
}

// Marks are at most so many places along the levels, at least one: all levels where
// there is room for them, else round numbers among the values, else levels evenly apart.
func (f Factor) Marks(most int) []Mark {
	every := (f.Levels() + most - 1) / most
	if f.listed == nil && every > 1 {
		if marks := f.ladder.marks(most); len(marks) > 1 {
			return marks
		}
	}
	var marks []Mark
	for level := 0; level < f.Levels(); level += every {
		marks = append(marks, Mark{float64(level), f.Value(level)})
	}
	return marks
}

// marks are at the round numbers of a ladder, as near to each other as there is room
// for; none where round numbers are not among its values.
func (l ladder) marks(most int) []Mark {
	from, to := l.from.coefficient, l.at(l.count-1).coefficient
	for _, step := range l.round {
		if step > to-from {
			break
		}
		if (to-from)/step >= int64(most) || !l.climbs(step) {
			continue
		}
		var marks []Mark
		for at := from + (step-from%step)%step; at <= to; at += step {
			text := Plain(l.write(decimal{at, l.from.places}))
			marks = append(marks, Mark{float64(at-from) / float64(l.step), text})
		}
		return marks
	}
	return nil
}

// climbs reports whether the multiples of a number are values of the ladder, as far as
// it reaches.
func (l ladder) climbs(step int64) bool {
	return l.continuous || step%l.step == 0 && l.from.coefficient%l.step == 0
}

// The steps between round numbers: of numbers as they are written, of times in
// nanoseconds and of sizes in bytes.
var (
	roundNumbers = decades(1, greatestCoefficient)
	roundTimes   = slices.Concat(decades(1, second), multiples(second, 1, 2, 5, 10, 15, 30), multiples(60*second, 1, 2, 5, 10, 15, 30),
		multiples(3600*second, 1, 2, 3, 6, 12), decades(24*3600*second, greatestCoefficient))
	roundSizes = doublings(greatestCoefficient)
)

const second = 1_000_000_000

// decades are 1, 2 and 5 times the powers of ten of a number, below a limit.
func decades(one, limit int64) []int64 {
	var list []int64
	for ; one < limit; one *= 10 {
		list = append(list, one, 2*one, 5*one)
	}
	return list
}

func multiples(of int64, factors ...int64) []int64 {
	list := make([]int64, len(factors))
	for i, f := range factors {
		list[i] = f * of
	}
	return list
}

// doublings are the powers of two below a limit.
func doublings(limit int64) []int64 {
	var list []int64
	for step := int64(1); step < limit; step *= 2 {
		list = append(list, step)
	}
	return list
}

package output

import "math"

const (
	mserBatch = 5 // observations a batch: the 5 of MSER-5
	mserTail  = 5 // batches at the end that a cut may not leave alone
)

// Transient returns how many observations at the front of a series belong to
// its initial transient, by MSER-5: of the means of batches of five, as many
// are cut off as make the estimated standard error of the mean of the rest
// least. The result is a multiple of five.
//
// It is settled when the cut lies in the first half of the series; otherwise
// the series is too short, or has no steady state, and half of it is the most
// that may be cut. A series below 50 observations is not settled, cut 0.
//
// Sources: K.P. White, "An effective truncation heuristic for bias reduction
// in simulation output", Simulation 69 (1997); the half is of K.P. White, M.J.
// Cobb and S.C. Spratt, "A comparison of five steady-state truncation
// heuristics for simulation", WSC 2000; the five batches kept are of K. Hoad,
// S. Robinson and R. Davies, "Automating warm-up length estimation", JORS 61
// (2010).
func Transient(series []float64) (cut int, settled bool) {
	means := batchMeans(series, mserBatch)
	if len(means) < 2*mserTail {
		return 0, false
	}
	best, least := 0, math.Inf(1)
	var mean, squares float64
	for from := len(means) - 1; from >= 0; from-- {
		n := float64(len(means) - from)
		step := means[from] - mean
		mean += step / n
		squares += float64(step * (means[from] - mean))
		// Of equal errors the shorter cut wins: it keeps more.
		if err := squares / (n * n); n >= mserTail && err <= least {
			best, least = from, err
		}
	}
	if half := len(means) / 2; best > half {
		return half * mserBatch, false
	}
	return best * mserBatch, true
}

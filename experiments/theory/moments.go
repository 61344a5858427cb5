package theory

// Moments are the first three moments about zero of a law of service times.
type Moments struct{ First, Second, Third float64 }

// Variance of the law.
func (m Moments) Variance() float64 { return m.Second - float64(m.First*m.First) }

// ConstantMoments are those of a law that is always mean.
func ConstantMoments(mean float64) Moments {
	return Moments{mean, float64(mean * mean), mean * mean * mean}
}

// UniformMoments are those of the uniform law between least and greatest.
func UniformMoments(least, greatest float64) Moments {
	a, b := least, greatest
	squares := float64(a*a) + float64(b*b)
	return Moments{(a + b) / 2, (squares + float64(a*b)) / 3, (a + b) * squares / 4}
}

// GammaMoments are those of the gamma law with a squared coefficient of
// variation: exponential with scv 1, Erlang with k phases with scv 1/k.
func GammaMoments(mean, scv float64) Moments {
	square := float64(mean * mean)
	return Moments{mean, float64(square * (1 + scv)), square * mean * (1 + scv) * (1 + float64(2*scv))}
}

// HyperexponentialMoments are those of the mixture of two exponential laws
// with balanced means, scv >= 1: the laws have the shares p and 1-p, and p
// times the mean of the one equals 1-p times the mean of the other.
func HyperexponentialMoments(mean, scv float64) Moments {
	// With means m/(2p) and m/(2(1-p)): 1/p + 1/(1-p) = 2(scv+1), and third
	// moments 6 p (m/2p)^3 add up to 3/4 m^3 (1/p^2 + 1/(1-p)^2).
	inverse := 2 * (scv + 1) // of p(1-p), and sum of 1/p and 1/(1-p)
	third := 0.75 * (float64(inverse*inverse) - float64(2*inverse))
	return Moments{mean, float64(mean * mean * (1 + scv)), mean * mean * mean * third}
}

// LognormalMoments are those of the lognormal law.
func LognormalMoments(mean, scv float64) Moments {
	growth := 1 + scv
	return Moments{mean, float64(mean * mean * growth), mean * mean * mean * growth * growth * growth}
}

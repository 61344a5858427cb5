package random

import "math"

// NormalCDF returns the standard normal distribution function, with a small
// relative error in the lower tail too.
func NormalCDF(x float64) float64 { return 0.5 * Erfc(-x/math.Sqrt2) }

// NormalQuantile returns the standard normal quantile function, the inverse of
// NormalCDF, for p in [0, 1], with a relative error below 1e-15. It returns
// -Inf at 0, +Inf at 1 and NaN elsewhere outside (0, 1).
//
// Method and coefficients: M.J. Wichura, "Algorithm AS 241: The percentage
// points of the normal distribution", Applied Statistics 37 (1988), PPND16.
func NormalQuantile(p float64) float64 {
	q := p - 0.5
	if math.Abs(q) <= 0.425 {
		return q * normalCentral.at(0.180625-float64(q*q))
	}
	return normalTail(p, q)
}

// normalTail is NormalQuantile for |q| > 0.425, where q = p - 1/2.
func normalTail(p, q float64) float64 {
	tail := p
	if q > 0 {
		tail = 1 - p
	}
	if !(tail > 0) {
		return normalEnd(p)
	}
	r := math.Sqrt(-Log(tail))
	if r <= 5 {
		return math.Copysign(normalMiddle.at(r-1.6), q)
	}
	return math.Copysign(normalFar.at(r-5), q)
}

// normalEnd is NormalQuantile outside (0, 1).
func normalEnd(p float64) float64 {
	switch p {
	case 0:
		return math.Inf(-1)
	case 1:
		return math.Inf(1)
	}
	return math.NaN()
}

// rational7 is a quotient of two polynomials of degree 7, lowest power first.
type rational7 struct{ above, below [8]float64 }

// at evaluates the quotient. The polynomials are summed in pairs (Estrin),
// which halves the chain of dependent operations.
func (f *rational7) at(x float64) float64 {
	a, b := &f.above, &f.below
	x2 := float64(x * x)
	x4 := float64(x2 * x2)
	above := ((a[0] + float64(a[1]*x)) + float64(x2*(a[2]+float64(a[3]*x)))) +
		float64(x4*((a[4]+float64(a[5]*x))+float64(x2*(a[6]+float64(a[7]*x)))))
	below := ((b[0] + float64(b[1]*x)) + float64(x2*(b[2]+float64(b[3]*x)))) +
		float64(x4*((b[4]+float64(b[5]*x))+float64(x2*(b[6]+float64(b[7]*x)))))
	return above / below
}

// AS 241's three approximations: for |p - 1/2| up to 0.425 in 0.425^2 - q^2,
// for r = sqrt(-log p) up to 5 in r - 1.6, and beyond in r - 5.
var (
	normalCentral = rational7{
		[8]float64{3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3},
		[8]float64{1, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3, 2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3},
	}
	normalMiddle = rational7{
		[8]float64{1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4},
		[8]float64{1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1, 1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9},
	}
	normalFar = rational7{
		[8]float64{6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7},
		[8]float64{1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15},
	}
)

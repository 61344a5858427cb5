package random

import "math"

// Coefficients of the rational approximations of FreeBSD's msun (s_erf.c, Sun
// Microsystems 1993), lowest power first. Their arguments are, in turn, x^2,
// |x| - 1 and, in the last two, 1/x^2.
var (
	erfNear0P = [...]float64{0x1.06eba8214db68p-3, -0x1.4cd7d691cb913p-2, -0x1.d2a51dbd7194fp-6, -0x1.7a291236668e4p-8, -0x1.8ead6120016acp-16}
	erfNear0Q = [...]float64{1, 0x1.97779cddadc09p-2, 0x1.0a54c5536cebap-4, 0x1.4d022c4d36b0fp-8, 0x1.15dc9221c1a10p-13, -0x1.09c4342a26120p-18}

	erfNear1P = [...]float64{-0x1.359b8bef77538p-9, 0x1.a8d00ad92b34dp-2, -0x1.7d240fbb8c3f1p-2, 0x1.45fca805120e4p-2, -0x1.c63983d3e28ecp-4, 0x1.22a36599795ebp-5, -0x1.1bf380a96073fp-9}
	erfNear1Q = [...]float64{1, 0x1.b3e6618eee323p-4, 0x1.14af092eb6f33p-1, 0x1.2635cd99fe9a7p-4, 0x1.02660e763351fp-3, 0x1.bedc26b51dd1cp-7, 0x1.88b545735151dp-7}

	erfMiddleP = [...]float64{-0x1.43412600d6435p-7, -0x1.63416e4ba7360p-1, -0x1.51e0441b0e726p+3, -0x1.f300ae4cba38dp+5, -0x1.44cb184282266p+7, -0x1.7135cebccabb2p+7, -0x1.4526557e4d2f2p+6, -0x1.3a0efc69ac25cp+3}
	erfMiddleQ = [...]float64{1, 0x1.3a6b9bd707687p+4, 0x1.1350c526ae721p+7, 0x1.b290dd58a1a71p+8, 0x1.42b1921ec2868p+9, 0x1.ad02157700314p+8, 0x1.b28a3ee48ae2cp+6, 0x1.a47ef8e484a93p+2, -0x1.eeff2ee749a62p-5}

	erfFarP = [...]float64{-0x1.4341239e86f4ap-7, -0x1.993ba70c285dep-1, -0x1.1c209555f995ap+4, -0x1.4145d43c5ed98p+7, -0x1.3ec881375f228p+9, -0x1.004616a2e5992p+10, -0x1.e384e9bdc383fp+8}
	erfFarQ = [...]float64{1, 0x1.e568b261d5190p+4, 0x1.45cae221b9f0ap+8, 0x1.802eb189d5118p+10, 0x1.8ffb7688c246ap+11, 0x1.3f219cedf3be6p+11, 0x1.da874e79fe763p+8, -0x1.670e242712d62p+4}
)

// erfAt1 is erf(1) rounded to single precision: the constant that erfNear1
// adds to.
const erfAt1 = 0x1.b0ac16p-1

// Erf returns the error function 2/sqrt(pi) times the integral of exp(-t^2)
// from 0 to x, with an error below 2 units in the last place.
func Erf(x float64) float64 {
	a := math.Abs(x)
	switch {
	case a < 0.84375:
		return x + float64(x*erfNear0(x))
	case a < 1.25:
		return math.Copysign(erfAt1+erfNear1(a), x)
	}
	return math.Copysign(1-erfcFar(a), x)
}

// Erfc returns the complementary error function 1 - Erf(x), with a small
// relative error where it is small: below 3 units in the last place.
func Erfc(x float64) float64 {
	switch a := math.Abs(x); {
	case x < 0.25 && a < 0.84375:
		return 1 - (x + float64(x*erfNear0(x)))
	case a < 0.84375:
		return 0.5 - (float64(x*erfNear0(x)) + (x - 0.5))
	case a < 1.25 && x > 0:
		return (1 - erfAt1) - erfNear1(a)
	case a < 1.25:
		return 1 + (erfAt1 + erfNear1(a))
	case x < 0:
		return 2 - erfcFar(a)
	}
	return erfcFar(x)
}

func erfNear0(x float64) float64 {
	z := x * x
	return horner(erfNear0P[:], z) / horner(erfNear0Q[:], z)
}

func erfNear1(a float64) float64 {
	return horner(erfNear1P[:], a-1) / horner(erfNear1Q[:], a-1)
}

// erfcFar returns Erfc(a) for a >= 1.25 as exp(-a^2 - 0.5625 + P/Q)/a. The
// square is taken in two parts, since its rounding would count.
func erfcFar(a float64) float64 {
	if !(a < 28) { // zero, or not a number
		return 0 * (1 / a)
	}
	s := 1 / (a * a)
	var ratio float64
	if a < 1/0.35 {
		ratio = horner(erfMiddleP[:], s) / horner(erfMiddleQ[:], s)
	} else {
		ratio = horner(erfFarP[:], s) / horner(erfFarQ[:], s)
	}
	z := math.Float64frombits(math.Float64bits(a) &^ (1<<32 - 1))
	return Exp(-float64(z*z)-0.5625) * Exp(float64((z-a)*(z+a))+ratio) / a
}

// horner evaluates the polynomial with the given coefficients, lowest power
// first, at x.
func horner(coefficients []float64, x float64) float64 {
	sum := 0.0
	for i := len(coefficients) - 1; i >= 0; i-- {
		sum = coefficients[i] + float64(sum*x)
	}
	return sum
}

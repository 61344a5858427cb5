package catalog

// nearest is the known name that takes the fewest edits to reach from name, the
// first in order among equals; "" when all are more than two away.
func nearest(name string, known []string) string {
	const most = 2
	best, least := "", most+1
	for _, k := range known {
		if d := editDistance(name, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// editDistance is the least number of single bytes to insert, delete or
// replace that turns a into b (Levenshtein 1966).
func editDistance(a, b string) int {
	costs := make([]int, len(b)+1)
	for j := range costs {
		costs[j] = j
	}
	for i := range len(a) {
		diagonal := costs[0]
		costs[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = costs[j+1]
			costs[j+1] = min(replace, costs[j]+1, diagonal+1)
		}
	}
	return costs[len(b)]
}

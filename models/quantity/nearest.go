package quantity

// Nearest is the candidate that a user who wrote word probably meant: the one
// with the least edit distance, if that is at most a third of the word's
// length or 2; among equals the first. It is "" when none is near, and for words
// of one or two letters, which are near to everything short.
func Nearest(word string, candidates []string) string {
	if len(word) < 3 || len(word) > longest {
		return ""
	}
	best, least := "", max(2, len(word)/3)
	for _, c := range candidates {
		if d := editDistance(word, c); d < least || d == least && best == "" {
			best, least = c, d
		}
	}
	return best
}

// editDistance is the restricted Damerau-Levenshtein distance: insertions,
// deletions, substitutions and exchanges of two neighbours (Damerau, "A
// technique for computer detection and correction of spelling errors", 1964).
func editDistance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

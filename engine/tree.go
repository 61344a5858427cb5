package engine

// A tree finds the earliest of its keys by a tournament in matches of four. Who
// plays are not keys but words: a key's high word, its last bits replaced by the
// number of its leaf. So a match is three comparisons without a branch, which a
// random heap would mispredict at every level, and the winner says where its key
// is. Words that differ in the leaf alone are tied: the tree has them in any
// order, and the list settles it.
//
// The winner of match g plays in match g/4, in place g%4, as the word of leaf i
// plays in match g/4 for g = leaves + i; match 1 is the last one. The last leaf
// holds no key: its word stands for what is kept elsewhere.
type tree struct {
	root    uint64 // the least word
	mask    uint64 // number of the last leaf; of leaves there are 16, 64, 256, ...
	matches [][4]uint64
	keys    []key  // by leaf; of a free leaf the low word is the next free one
	free    uint64 // the first free leaf, the last leaf for none
	n       int    // keys
}

// fewestLeaves is the size of a new tree.
const fewestLeaves = 16

func newTree() tree {
	var t tree
	t.resize(fewestLeaves)
	return t
}

// resize makes t an empty tree with so many leaves.
func (t *tree) resize(leaves int) {
	t.root, t.n = never, 0
	t.mask = uint64(leaves) - 1
	t.matches = sized(t.matches, leaves/2)
	for i := range t.matches {
		t.matches[i] = [4]uint64{never, never, never, never}
	}
	t.keys = sized(t.keys, leaves)
	t.free = 0
	for i := range t.keys {
		t.keys[i].low = uint64(i) + 1
	}
}

// sized returns a slice of n elements, in the memory of s if it is large enough.
func sized[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s[:n]
	}
	return make([]T, n)
}

// word is what plays for a key.
func (t *tree) word(k key, leaf uint64) uint64 { return k.high&^t.mask | leaf }

// tied reports whether a key and the root are at the same instant or so close that
// words cannot tell which is earlier.
func (t *tree) tied(k key) bool { return k.high^t.root <= t.mask }

// set gives a leaf a word, and plays the leaf's matches.
func (t *tree) set(leaf, word uint64) {
	matches := t.matches
	for g := t.mask + 1 + leaf; g > 1; g >>= 2 {
		m := &matches[g>>2]
		m[g&3] = word
		word = min(min(m[0], m[1]), min(m[2], m[3]))
	}
	t.root = word
}

// at is where a leaf has its word.
func (t *tree) at(leaf uint64) *uint64 {
	g := t.mask + 1 + leaf
	return &t.matches[g>>2][g&3]
}

// push adds a key. Few win more than a match or two.
func (t *tree) push(k key) {
	leaf := t.seat(k)
	matches, word := t.matches, t.word(k, leaf)
	for g := t.mask + 1 + leaf; g > 1; g >>= 2 {
		best := &matches[g>>2][g&3]
		if *best < word {
			return
		}
		*best = word
	}
	t.root = min(t.root, word)
}

// seat gives a key a leaf, which has no word yet.
func (t *tree) seat(k key) (leaf uint64) {
	if t.free == t.mask {
		t.grow()
	}
	leaf = t.free
	place := &t.keys[leaf]
	t.free = place.low
	*place = k
	t.n++
	return leaf
}

// add adds a key that does not play before play. In a row that costs less.
func (t *tree) add(k key) {
	leaf := t.seat(k)
	*t.at(leaf) = t.word(k, leaf)
}

// play plays all matches.
func (t *tree) play() {
	for first := (t.mask + 1) / 4; first > 0; first /= 4 {
		for g := first; g < 2*first; g++ {
			m := &t.matches[g]
			t.root = min(min(m[0], m[1]), min(m[2], m[3]))
			t.matches[g>>2][g&3] = t.root
		}
	}
}

// pop removes the key of the root, which must not be the last leaf.
func (t *tree) pop() key {
	leaf := t.root & t.mask
	place := &t.keys[leaf]
	k := *place
	place.low = t.free
	t.free = leaf
	t.n--
	t.set(leaf, never)
	return k
}

// replace is a pop and a push in one.
func (t *tree) replace(k key) (first key) {
	leaf := t.root & t.mask
	place := &t.keys[leaf]
	first, *place = *place, k
	t.set(leaf, t.word(k, leaf))
	return first
}

// ends reports whether the root is the last leaf.
func (t *tree) ends() bool { return t.root&t.mask == t.mask }

// represent makes the last leaf stand for something at a high word.
func (t *tree) represent(high uint64) {
	if word := high | t.mask; word != *t.at(t.mask) {
		t.set(t.mask, word)
	}
}

// shrink makes an empty tree smaller that is far too large for n keys: to play all
// matches costs as much as there are leaves.
func (t *tree) shrink(n int) {
	if leaves := enough(n); 4*leaves < len(t.keys) {
		t.resize(leaves)
	}
}

// pack makes a tree smaller that is far too large for its keys: to look at all
// leaves takes as long as there are any.
func (t *tree) pack() {
	if leaves := enough(t.n); 4*leaves < len(t.keys) {
		t.move(leaves)
	}
}

// enough is the number of leaves for n keys.
func enough(n int) int {
	leaves := fewestLeaves
	for leaves <= n {
		leaves *= 4
	}
	return leaves
}

// grow makes the tree larger by a factor of four.
func (t *tree) grow() { t.move(4 * len(t.keys)) }

// move gives the keys a tree of another size.
func (t *tree) move(leaves int) {
	keys, last := t.drain(), *t.at(t.mask)
	t.resize(leaves)
	for _, k := range keys {
		t.add(k)
	}
	*t.at(t.mask) = last | t.mask
	t.play()
}

// drain returns the keys of all leaves but the last, in a slice of its own.
func (t *tree) drain() []key {
	keys := make([]key, 0, t.n)
	for leaf := range t.mask {
		if *t.at(leaf) != never {
			keys = append(keys, t.keys[leaf])
		}
	}
	return keys
}

// filter keeps the keys for which keep is true.
func (t *tree) filter(keep func(key) bool) {
	for leaf := range t.mask {
		if *t.at(leaf) != never && !keep(t.keys[leaf]) {
			t.keys[leaf].low = t.free
			t.free = leaf
			t.n--
			t.set(leaf, never)
		}
	}
}

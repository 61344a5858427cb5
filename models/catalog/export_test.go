package catalog

import "slices"

// CacheNodes returns all known node types, once for each engine.
func CacheNodes() []CacheNode { return slices.Clone(cacheNodes) }

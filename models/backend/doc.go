// Package backend holds the parts of a site that are neither servers nor load
// balancers: caches, the connection pools of databases, message queues,
// functions, content delivery networks, names in DNS.
package backend

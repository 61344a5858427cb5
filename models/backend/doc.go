// Package backend holds the parts of a site that are neither servers nor load
// balancers: functions, content delivery networks, names in DNS.
package backend

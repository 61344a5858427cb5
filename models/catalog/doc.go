// Package catalog knows what can be rented and what it costs: EC2 instance
// types and ElastiCache node types with their prices in two Regions, the hourly
// prices of load balancers, and the rules by which a bill is made out.
//
// Prices are Linux on demand, without tax. What a balancer charges beside its
// hours (capacity units, traffic) is not in the bill.
//
// Source keys in brackets, such as [T-BASE], are the pages that a rule or a
// figure was taken from:
//
//   - [T-BASE] docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html
//   - [T-STD] docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-standard-mode-concepts.html
//   - [T-UNL] docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-unlimited-mode-concepts.html
//   - [T-COST] two public notes on T4g's surplus price that cite AWS's price page
//   - [EC2-BILL] docs.aws.amazon.com/AWSEC2/latest/UserGuide/concepts.html and Stop_Start.html
//   - [EC-CONN] docs.aws.amazon.com/AmazonElastiCache/latest/dg/BestPractices.Clients.Redis.Connections.html
//   - [EC-MC] docs.aws.amazon.com/AmazonElastiCache/latest/mem-ug/ParameterGroups.Memcached.html
//   - [PRICE-EC2], [PRICE-K] and [PRICE-EC] data/README.md
//   - [PRICE-ELB] aws.amazon.com/elasticloadbalancing/pricing
package catalog

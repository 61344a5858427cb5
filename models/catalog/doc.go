// Package catalog knows what can be rented and what it costs: EC2 instance
// types and ElastiCache node types with their prices in two Regions, the prices of
// load balancers, functions, content delivery and transfers, and the rules by
// which a bill is made out.
//
// Prices are Linux on demand, without tax. A GB is 10^9 bytes. Not in the bill are
// disks, public IPv4 addresses, names in DNS, and what is kept provisioned of a
// function.
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
//   - [PRICE-ELB-KR] a bill of Seoul's: 11.57 USD for 514 h of an Application Load Balancer
//   - [L-PRICE] viprasol.com/blog/serverless-cost-optimization (secondary)
//   - [CF-COST] docs.aws.amazon.com/whitepapers/latest/aws-storage-services-overview/cost-model-7.html
//   - [CF-PRICE] aws.amazon.com/cloudfront/pricing
//   - [CF-REQ] wring.co/blog/aws-cloudfront-pricing-guide (secondary)
//   - [DT1] blog.gslin.org/archives/tag/intranet, which quotes EC2's page of prices
//   - [DT2] www.egresscost.com/aws (secondary)
//   - [DT3] chengqing.dev/en/2020/01/23/aws-data-transfer (secondary)
//   - [DT4] www.usage.ai/blogs/aws/networking-cost/data-transfer-costs (secondary)
package catalog

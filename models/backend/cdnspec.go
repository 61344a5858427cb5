package backend

import "github.com/headroom-sim/headroom/models/quantity"

// CDNSpec is a content delivery network: the table [cdns.NAME].
type CDNSpec struct {
	Origin   string          `toml:"origin" required:"true" doc:"Balancer, fleet or service that answers what is not in the cache."`
	HitRatio *quantity.Share `toml:"hit_ratio" range:"0..1" doc:"Share of the requests for what may be kept that find it: a hit has the chance cacheable x hit_ratio. What comes to the origin is the rest. This or keys is required."`
	Latency  quantity.Span   `toml:"latency" default:"0s" doc:"Time to answer a hit." source:"UNSOURCED: as long as to the origin, which has none either"`

	Keys  *int              `toml:"keys" range:"1..10000000" doc:"Number of different objects that are asked for, by Zipf's law: then what has been fetched less than ttl ago is a hit. There is room for all. Who asks for an object that is being fetched waits for that answer (request collapsing), good or bad; one that the origin fails to give is not kept."`
	Skew  float64           `toml:"skew" default:"0.99" range:"0..10" doc:"Exponent of Zipf's law: the object of rank k is asked for in proportion to k^-skew." source:"YCSB"`
	TTL   quantity.Duration `toml:"ttl" default:"24h" range:"1ms.." doc:"Time after the end of its fetch from which an object must be fetched anew." source:"CloudFront API: DefaultTTL"`
	Start string            `toml:"start" default:"warm" oneof:"warm cold" doc:"What is there at time zero: warm, what is there in the long run under the requests per second of time zero, an object asked for x times in a ttl with probability x / (1 + x); cold, nothing. Where that rate is zero, warm has nothing either. Where it is not known (traces, closed users who do not pause), warm has all objects, fetched at instants spread evenly over the ttl." source:"DERIVED: time zero is the middle of life"`

	Price        *float64      `toml:"price" range:"0..100" doc:"USD per GB of good answers, beyond what is free. Left out: by the month 0.085 for the first 10 TB, 0.08 for the next 40 TB, 0.06 for the next 100 TB, 0.04 for the next 350 TB, 0.03 for the next 524 TB, 0.025 for the next 4 PB, then 0.02; in ap-northeast-2 0.12, 0.1, 0.095, 0.09, 0.08, 0.07 and 0.06. A run has the share of what is free and of the tiers that it is of a month of 730h." source:"CF-PRICE"`
	RequestPrice *float64      `toml:"request_price" range:"0..100" doc:"USD per 10000 requests, beyond those that are free. Left out: 0.01 in us-east-1, 0.012 in ap-northeast-2 (UNSOURCED)." source:"CF-REQ"`
	Free         quantity.Size `toml:"free" default:"1TB" range:"0B..1000TB" doc:"What is free of the good answers in a month." source:"CF-PRICE"`
	FreeRequests int           `toml:"free_requests" default:"10000000" range:"0..1000000000" doc:"Requests that are free in a month." source:"CF-PRICE"`

	KeepAlive     quantity.Duration `toml:"origin_keepalive_timeout" default:"5s" range:"1s..180s" doc:"Time for which an idle connection to the origin is kept." source:"CloudFront API: OriginKeepaliveTimeout"`
	OriginTimeout quantity.Duration `toml:"origin_timeout" default:"30s" range:"1s..180s" doc:"Longest wait for the origin's answer; then 504." source:"CloudFront API: OriginReadTimeout"`
}

// Check reports what no single key shows.
func (s *CDNSpec) Check(report quantity.Report) {
	if s.Keys == nil && s.HitRatio == nil {
		report("hit_ratio", "is required (or keys)")
	}
}

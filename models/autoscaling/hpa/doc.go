// Package hpa is the arithmetic of the Kubernetes HorizontalPodAutoscaler,
// autoscaling/v2: from what the metrics of the pods say to the number of
// replicas, as the controller's code computes it [hpa, hpa-code, hpa-code2].
//
// An [Autoscaler] is synced at fixed intervals ([Autoscaler.Sync]). Each metric
// proposes a number of replicas, the largest counts, a stabilization window and
// rate policies hold it back, and bounds cut it:
//
//	desired = ceil(pods x value / target)
//
// The controller computes in whole percent, whole thousandths and float64, and
// so does this package: a ratio of 55 / 50 is outside a tolerance of 0.1, since
// |1 - 1.1| is 0.10000000000000009.
//
// Source keys in brackets are those of the reference's list of sources.
package hpa

// Package cloudwatch models Amazon CloudWatch as far as scaling needs it:
// metrics that arrive by period and late, and alarms that judge them.
//
// A [Metric] is a series of datapoints of its native period (one minute with
// detailed monitoring, five with basic). Its owner puts each one at the end of
// the period; alarms see it only after the publication delay. An [Alarm] looks
// at a sliding window that ends at the newest instant whose data are published,
// M out of N datapoints decide, and missing ones count as the alarm says.
//
// A [Composite] alarm follows the states of others by a boolean rule.
//
// Arithmetic is exact: values are whole millionths, averages are compared as
// fractions. Whether 80 % is ">= 80" never depends on rounding.
// Percentiles alone are approximate, to 0.4 %.
//
// Source keys in doc comments, such as [cw], are those of the reference's list
// of sources on Auto Scaling.
package cloudwatch

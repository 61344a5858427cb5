package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/models/catalog"
)

func newCatalog() *cobra.Command {
	var asJSON bool
	var name string
	cmd := &cobra.Command{
		Use:   "catalog [FAMILY|TYPE]",
		Short: "List instance types with their prices",
		Long: `List the instance types that a fleet may name, with vCPUs, memory, network bandwidth,
CPU credits and the price of an hour of Linux on demand in USD. With an argument, only the
types of that family ("c6i") or that type ("c6i.large").`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			region, err := catalog.ParseRegion(name)
			if err != nil {
				return wrong(fmt.Errorf("--region: %w", err))
			}
			types := catalog.Types()
			if len(args) == 1 {
				if types = matching(types, args[0]); len(types) == 0 {
					_, err := catalog.Lookup(args[0])
					return wrong(err)
				}
			}
			if asJSON {
				return unfinished(printCatalogJSON(cmd, types, region))
			}
			return unfinished(printCatalog(cmd, types, region))
		},
	}
	cmd.Flags().StringVar(&name, "region", "us-east-1", "prices of `REGION`: "+strings.Join(catalog.RegionNames(), ", "))
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON array")
	return cmd
}

// matching keeps the types of a family, or the type, of that name.
func matching(types []catalog.Instance, name string) []catalog.Instance {
	var kept []catalog.Instance
	for _, t := range types {
		if t.Family == name || t.Name == name {
			kept = append(kept, t)
		}
	}
	return kept
}

func printCatalog(cmd *cobra.Command, types []catalog.Instance, region catalog.Region) error {
	table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "type\tarch\tvCPU\tmemory GiB\tnetwork Gbit/s\tcredits/h\tbaseline\tUSD/h\t")
	decimals := priceDecimals(types, region)
	for _, t := range types {
		fmt.Fprintf(table, "%s\t%s\t%d\t%g\t%s\t%s\t%s\t%.*f\t\n", t.Name, t.Arch, t.VCPU, t.MemoryGiB,
			bandwidth(t), orDash(t.Credits.PerHour, "%g"), orDash(100*t.Credits.Baseline, "%g %%"), decimals, t.PricePerHour(region).USD())
	}
	return table.Flush()
}

// priceDecimals is how many decimals write all prices in full, so that their
// points stand below each other.
func priceDecimals(types []catalog.Instance, region catalog.Region) int {
	most := 0
	for _, t := range types {
		_, decimals, _ := strings.Cut(t.PricePerHour(region).String(), ".")
		most = max(most, len(decimals))
	}
	return most
}

func bandwidth(t catalog.Instance) string {
	if t.BurstGbps > t.BaselineGbps && t.BaselineGbps > 0 {
		return fmt.Sprintf("%g to %g", t.BaselineGbps, t.BurstGbps)
	}
	return orDash(t.BaselineGbps, "%g")
}

func orDash(v float64, format string) string {
	if v == 0 {
		return "-"
	}
	return fmt.Sprintf(format, v)
}

// orNull is a figure of burstable types, JSON null for others.
func orNull(t catalog.Instance, v float64) any {
	if t.Credits.PerHour == 0 {
		return nil
	}
	return v
}

func printCatalogJSON(cmd *cobra.Command, types []catalog.Instance, region catalog.Region) error {
	rows := make([]map[string]any, len(types))
	for i, t := range types {
		rows[i] = map[string]any{
			"type": t.Name, "arch": t.Arch, "vcpu": t.VCPU, "memory_gib": t.MemoryGiB,
			"network_baseline_gbps": t.BaselineGbps, "network_burst_gbps": t.BurstGbps,
			"credits_per_hour": orNull(t, t.Credits.PerHour), "baseline": orNull(t, t.Credits.Baseline),
			"usd_per_hour": t.PricePerHour(region).USD(),
		}
	}
	return json.NewEncoder(cmd.OutOrStdout()).Encode(rows)
}

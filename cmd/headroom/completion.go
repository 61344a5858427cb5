package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/headroom-sim/headroom/experiments"
	"github.com/headroom-sim/headroom/experiments/gallery"
)

func newCompletion() *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print a script that makes a shell complete commands, flags and scenarios",
		Long: `Print a script that makes a shell complete commands, flags, scenarios and variants:

  bash        source <(headroom completion bash)
  zsh         source <(headroom completion zsh)
  fish        headroom completion fish | source
  powershell  headroom completion powershell | Out-String | Invoke-Expression

Put the line into the file that your shell reads when it starts.`,
		Args:      atMost(1),
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return wrong(fmt.Errorf("completion: which shell? bash, zsh, fish or powershell"))
			}
			root, out := cmd.Root(), cmd.OutOrStdout()
			switch args[0] {
			case "bash":
				return unfinished(root.GenBashCompletionV2(out, true))
			case "zsh":
				return unfinished(root.GenZshCompletion(out))
			case "fish":
				return unfinished(root.GenFishCompletion(out, true))
			case "powershell":
				return unfinished(root.GenPowerShellCompletionWithDesc(out))
			}
			return wrong(fmt.Errorf("completion: must be bash, zsh, fish or powershell (have %q)", args[0]))
		},
	}
}

// completeScenarios offers the built-in scenarios and, by the directive, files.
func completeScenarios(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return gallery.Names(), cobra.ShellCompDirectiveDefault
}

// completeAllScenarios offers the built-in scenarios and files, for every
// argument.
func completeAllScenarios(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return gallery.Names(), cobra.ShellCompDirectiveDefault
}

// completeBuiltIn offers the built-in scenarios.
func completeBuiltIn(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return gallery.Names(), cobra.ShellCompDirectiveNoFileComp
}

// completeVariants offers the variants of the scenario that is named already.
func completeVariants(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	file, err := experiments.Load(scenarioName(args))
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return file.Variants(), cobra.ShellCompDirectiveNoFileComp
}

// mustComplete offers values for a flag that the command has.
func mustComplete(cmd *cobra.Command, flag string, values cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, values); err != nil {
		panic("headroom: " + err.Error())
	}
}

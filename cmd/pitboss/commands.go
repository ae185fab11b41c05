package main

import "github.com/spf13/cobra"

// addCommands hangs all commands under the root, in the order of the flow.
func addCommands(root *cobra.Command, a *app) {
	cobra.EnableCommandSorting = false
	root.AddGroup(
		&cobra.Group{ID: "flow", Title: "From candidates to families:"},
		&cobra.Group{ID: "read", Title: "Reading and judging:"},
		&cobra.Group{ID: "give", Title: "Handing on:"},
		&cobra.Group{ID: "care", Title: "Trying and looking after:"},
	)
	add := func(group string, commands ...*cobra.Command) {
		for _, cmd := range commands {
			cmd.GroupID = group
		}
		root.AddCommand(commands...)
	}
	add("flow", newImportCommand(a), newCrawlCommand(a), newFingerprintCommand(a), newClusterCommand(a))
	add("read", newFamiliesCommand(a), newFamilyCommand(a), newSiteCommand(a), newSearchCommand(a), newWhyCommand(a), newMatchCommand(a),
		newLabelCommand(a), newChangesCommand(a), newServeCommand(a))
	add("give", newReportCommand(a), newExportCommand(a))
	add("care", newDemoCommand(a), newEvalCommand(a), newLearnCommand(a), newVerifyCommand(a), newDoctorCommand(a), newVersionCommand(a))
}

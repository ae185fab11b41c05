package main

import "github.com/spf13/cobra"

// addCommands hangs all commands under the root, in the order of the flow.
func addCommands(root *cobra.Command, a *app) {
	root.AddCommand(
		newVersionCommand(a),
	)
}

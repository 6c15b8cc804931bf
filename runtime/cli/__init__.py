"""The command line: one module a command, and each imports what it runs when it runs."""

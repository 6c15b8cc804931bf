"""`python -m runtime.cli`: the command line where its script isn't on the path."""

from runtime.cli.main import main

main()

"""The nouns of Earnest, their states and rules, and the ports; no I/O, standard library only."""

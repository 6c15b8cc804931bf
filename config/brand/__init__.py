"""What one brand is, how it speaks and what it may promise: the models of a brand file."""

"""The benchmarks that the README quotes, one command each."""

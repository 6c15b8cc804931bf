"""Who is talking: one page a person."""

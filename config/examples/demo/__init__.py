"""The demo brand: its profile, what people wrote about it, and how a person would sort that."""

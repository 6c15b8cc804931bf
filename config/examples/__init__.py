"""Commented examples of the settings files, which `earnest init` writes."""

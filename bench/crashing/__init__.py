"""Killing the program again and again while it works, and counting what is left."""

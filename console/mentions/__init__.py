"""Mentions: search, read, correct what the model said."""

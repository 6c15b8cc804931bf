"""Hears: collects posts, matches them against the brands' queries, and takes them in."""

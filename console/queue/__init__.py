"""The review queue: read the mention, fix the draft, decide, next."""

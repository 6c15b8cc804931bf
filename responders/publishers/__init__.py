"""Sending replies: one module a platform, plus one that writes to a file and one in memory."""

"""Platforms on loopback, written from their documentation, for tests and for people who want to try."""

"""Signed deliveries from other systems."""

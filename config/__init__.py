"""Typed settings and brand profiles, read from YAML and the environment; every mistake is named with its line."""

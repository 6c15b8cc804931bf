"""Hacker News: its interface is read-only, so answers are given by hand."""

from platforms.capabilities import Capabilities

FACTS = Capabilities(platform="hackernews", name="Hacker News", can_search=True)

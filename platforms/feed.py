"""Feeds: articles to read; answers are given by hand where they were posted."""

from platforms.capabilities import Capabilities

FACTS = Capabilities(platform="feed", name="Feed")

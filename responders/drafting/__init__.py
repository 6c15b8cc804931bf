"""Drafts: what a reply could say, from what the brand's profile holds."""

from responders.drafting.canned import CannedDrafter

__all__ = ["CannedDrafter"]

"""Every table, under one name each."""

from storage.tables.answers import Draft, FindingRow, Reply, Review
from storage.tables.base import Row
from storage.tables.brands import AuditEvent, Brand, BrandRevision, Installation, Membership, User, WebSession
from storage.tables.cases import Case, Gesture, Incident, Note, SlaClock
from storage.tables.digests import Digest, DigestMail, LedgerEntry, Receipt
from storage.tables.mentions import ClassificationRow, Conversation, Mention, ThreadPost
from storage.tables.notices import Notice
from storage.tables.people import Author, FollowUp, Idea, Person, SpecialDay
from storage.tables.sources import Credential, DeadLetter, HookDelivery, Source, SourceGap

__all__ = [
    "AuditEvent", "Author", "Brand", "BrandRevision", "Case", "ClassificationRow", "Conversation", "Credential",
    "DeadLetter", "Digest", "DigestMail", "Draft", "FindingRow", "FollowUp", "Gesture", "HookDelivery", "Idea",
    "Incident", "Installation", "LedgerEntry", "Membership", "Mention", "Note", "Notice", "Person", "Receipt", "Reply",
    "Review", "Row", "SlaClock", "Source", "SourceGap", "SpecialDay", "ThreadPost", "User", "WebSession",
]  # fmt: skip

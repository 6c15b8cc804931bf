"""The weekly digests as pages, and their mails."""

"""The brand's profile: read as YAML, edited, checked, and stored as its next numbered revision."""

"""The weekly digest: figures computed from rows, charts, a page, a mail, and its way out."""

"""Addresses that customers and platforms gave: followed only over http and https."""

from urllib.parse import urlsplit


def safe_url(url: str | None) -> str | None:
    """Return an http or https address as it is, and None for any other."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme.lower() in {"http", "https"} and parts.netloc else None


def local_path(path: str | None, *, default: str = "/") -> str:
    """Return a path on this desk, for a redirect after logging in; anything that leaves it becomes `default`."""
    if not path or not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable():
        return default
    return path

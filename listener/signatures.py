"""How a delivery between Earnest and another system is signed, whichever of the two sends it."""

import hmac
from datetime import datetime
from hashlib import sha256
from typing import Final

HEADER: Final = "X-Earnest-Signature"


def sign(*, secret: str, body: bytes, at: datetime) -> str:
    """Return the value of the signature header for a body sent at that instant."""
    stamp = int(at.timestamp())
    return f"t={stamp},v1={digest_of(secret, stamp, body)}"


def digest_of(secret: str, stamp: int, body: bytes) -> str:
    """Return HMAC-SHA256 in hexadecimal of the stamp (seconds since 1970), a full stop and the body."""
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, sha256).hexdigest()

"""How a platform is reached: its address, how long one request may take, and whether it may lie inside."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from platforms.addresses import AddressRefused, HostNotFound, resolve
from platforms.trouble import Trouble, TroubleKind, unreachable

# The most that one answer may hold, and after how many time-outs one that trickles in is given up.
MOST_BYTES: Final = 10 * 2**20
PATIENCE: Final = 3
AGENT: Final = "Earnest/0.1 (self-hosted listening desk)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """`endpoint` replaces the platform's own address (scheme, host and port), for a simulator or a proxy."""

    endpoint: str | None = None
    timeout: timedelta = timedelta(seconds=20)
    allow_private: bool = False

    @property
    def seconds(self) -> float:
        """The time-out in seconds."""
        return self.timeout.total_seconds()

    def moved(self, url: str) -> str:
        """Return the address to ask instead of `url`."""
        if self.endpoint is None:
            return url
        there, split = urlsplit(self.endpoint), urlsplit(url)
        return urlunsplit((there.scheme, there.netloc, there.path.rstrip("/") + split.path, split.query, ""))

    def check(self, url: str, *, noun: str) -> None:
        """Raise Trouble when `url` lies in a private network that isn't allowed, or has no address.

        An endpoint is the operator's own word, and allowed wherever it lies.
        """
        split = urlsplit(url)
        if self.endpoint is not None or not split.hostname:
            return
        try:
            port = split.port or (80 if split.scheme == "http" else 443)
            resolve(split.hostname, port, allow_private=self.allow_private)
        except AddressRefused as error:
            raise Trouble(str(error), kind=TroubleKind.REFUSED, reached=False) from None
        except HostNotFound:
            raise unreachable(noun, "HostNotFound", reached=False) from None

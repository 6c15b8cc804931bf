"""Which network addresses may be reached for a user's sake: none inside (decision 14)."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

from domain.errors import EarnestError

Address = IPv4Address | IPv6Address

# Addresses of IPv6 that stand for one of IPv4: the last four bytes say which.
_TRANSLATED: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("::ffff:0:0:0/96"))
_COMPATIBLE: Final = IPv6Network("::/96")


class AddressRefused(EarnestError):
    """The address lies in a private network; allow it with network.allow_private if it is meant."""


class HostNotFound(EarnestError):
    """The name has no address; it is mistyped, or the name server is out of reach."""


def is_public(address: Address) -> bool:
    """Say whether an address is one of the open internet, also where IPv6 wraps one of IPv4."""
    if isinstance(address, IPv6Address):
        inner = _inside(address)
        if inner is not None:
            return is_public(inner)
        if address.teredo or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolve(host: str, port: int, *, allow_private: bool) -> list[str]:
    """Return the addresses to connect to, in the resolver's order.

    Raises AddressRefused when any of them is private, so that no name points at both, and HostNotFound.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise HostNotFound(f"The host {host[:200]} has no address; check the spelling, and the name server.") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allow_private and not all(is_public(ip_address(address.partition("%")[0])) for address in addresses):
        raise AddressRefused(
            f"The host {host[:200]} lies in a private network; write network: {{allow_private: true}} if that is meant."
        )
    return addresses


def _inside(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if any(address in network for network in _TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _COMPATIBLE and int(address) > 1:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None

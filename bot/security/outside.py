"""Addresses that browsers hand us: only public ones are called, and only at the place that was looked at."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from urllib.parse import urlsplit

LONGEST = 1000
_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.IGNORECASE)
_INNER = ("local", "localhost", "internal", "intranet", "lan", "home", "corp", "arpa", "test", "invalid", "onion")
# An IPv4 address wrapped in these may be a private one.
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


class NotOutside(ValueError):
    """The address is none of a public server reached by https."""


def check(address: str) -> None:
    """Return when an address may be one of a public server: https, a full host name, the usual port.

    Raises:
        NotOutside: it is not. A name that leads to a private place is found out by ``places`` only.
    """
    if len(address) > LONGEST or not all(32 < ord(sign) < 127 for sign in address):
        raise NotOutside("too long, or strange signs")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise NotOutside("no address") from error
    host = parts.hostname or ""
    if parts.scheme != "https" or "@" in parts.netloc or parts.fragment or port not in (None, 443):
        raise NotOutside("no plain https address")
    if not _NAME.fullmatch(host) or host.rpartition(".")[2].lower() in _INNER:
        raise NotOutside("no public host name")


async def places(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host, all of them public.

    Raises:
        NotOutside: one of them is not, or there is none.
    """
    found = await look_up(host, port)
    if not found or not all(map(is_public, found)):
        raise NotOutside("leads to no public place")
    return found


async def look_up(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host, each once; none where the name is unknown."""
    try:
        rows = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


def is_public(place: str) -> bool:
    """Tell whether an IP address is one of the open internet."""
    try:
        found = ipaddress.ip_address(place.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found.sixtofour is not None or found.teredo is not None or any(found in net for net in _TRANSLATED):
            return False
    return found.is_global and not found.is_multicast

"""Which addresses Telegram takes, and what it says of the others."""

from __future__ import annotations

import re

SCHEMES = ("http", "https", "tg", "ton")


def wrong_with(url: str) -> str:
    """Return what Telegram finds wrong with an address, or "".

    What has no ``://`` is taken as ``host:port``, so ``tel:`` fails for its port.
    """
    scheme, slashes, rest = url.partition("://")
    if not slashes or re.search(r"[:/?#@\[\]]", scheme):
        scheme, rest = ("tg", url[3:]) if url.lower().startswith("tg:") else ("http", url)
    if scheme.lower() not in SCHEMES:
        return "Unsupported URL protocol"
    user, _, host_and_port = re.split(r"[/?#]", rest)[0].rpartition("@")
    host, colon, port = host_and_port.partition(":")
    if colon and not (port.isdecimal() and 0 < int(port) < 65536):
        return "Wrong port number specified in the URL"
    if not host:
        return "URL host is empty"
    if re.search(r"[\s<>\"\\^`{|}]", host):
        return "Wrong URL host"
    if scheme.lower() in ("tg", "ton"):
        return ""
    if user.lower().startswith("mailto:"):
        # Telegram's own check reads the e-mail as a password here; what its servers then say is not documented.
        return "Unsupported URL protocol"
    return "" if "." in host else "Wrong HTTP URL"

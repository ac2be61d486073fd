"""The page's own files: joined, named by their content, compressed once, kept by browsers for a year."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.errors import Refused
from bot.channels.web.joining import joined

FOLDER = Path(__file__).with_name("static")
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
# Scripts that pages and browsers name; every other one is a part of these.
ENTRIES = ("chat.js", "offline.js")
ALONE = ("sw.js",)
_HASHED = re.compile(r"([\w-]+)\.([0-9a-f]{10})(\.\w+)")
_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent; ``name`` carries the first ten digits of the SHA-256 of its content.

    ``compressed`` is None where that gains nothing.
    """

    name: str
    content: bytes
    compressed: bytes | None
    media_type: str


class Assets:
    """Reads every file once, when the application starts."""

    def __init__(self, folder: Path = FOLDER) -> None:
        names = [path.name for path in sorted(folder.iterdir()) if path.suffix in TYPES and path.suffix != ".js"]
        contents = {name: (folder / name).read_bytes() for name in (*names, *ALONE)}
        contents |= {name: joined(folder, name.removesuffix(".js")).encode() for name in ENTRIES}
        self._by_plain = {name: make_asset(name, content) for name, content in contents.items()}

    @property
    def version(self) -> str:
        """Changes whenever any file does."""
        names = "".join(asset.name for asset in self._by_plain.values())
        return hashlib.sha256(names.encode()).hexdigest()[:10]

    def path(self, plain: str) -> str:
        """Return the address of a file, e.g. ``/chat/static/chat.0123456789.css``."""
        return f"/chat/static/{self._by_plain[plain].name}"

    def named(self, plain: str) -> Asset:
        """Return a file by its plain name."""
        return self._by_plain[plain]

    async def serve(self, request: Request) -> Response:
        """Return a file; an older name gives the present content, unkept, so that an open page outlives an upgrade.

        Raises:
            Refused: not_found.
        """
        asked = str(request.path_params["name"])
        match = _HASHED.fullmatch(asked)
        asset = self._by_plain.get(match[1] + match[3]) if match else None
        if asset is None:
            raise Refused("not_found")
        return respond(request, asset, _YEAR if asked == asset.name else "no-cache")


def make_asset(plain: str, content: bytes) -> Asset:
    """Return an asset with its hashed name and compressed form."""
    stem, suffix = plain.rsplit(".", 1)
    digest = hashlib.sha256(content).hexdigest()[:10]
    compressed = None if suffix == "png" else gzip.compress(content, 9, mtime=0)
    return Asset(f"{stem}.{digest}.{suffix}", content, compressed, TYPES["." + suffix])


def respond(request: Request, asset: Asset, caching: str) -> Response:
    """Return an asset, compressed where the browser takes it, or 304 where it has it."""
    headers = {
        "cache-control": caching,
        "etag": f'"{asset.name}"',
        "vary": "accept-encoding",
        "cross-origin-resource-policy": "cross-origin",
    }
    if f'"{asset.name}"' in request.headers.get("if-none-match", ""):
        return Response(None, 304, headers)
    if asset.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
        return Response(asset.compressed, 200, headers, asset.media_type)
    return Response(asset.content, 200, headers, asset.media_type)

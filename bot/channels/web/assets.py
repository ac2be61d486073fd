"""The page's own files: named by their content, compressed once, kept by browsers for a year."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.errors import Refused

FOLDER = Path(__file__).with_name("static")
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_IMPORT = re.compile(r'(from|import)\s*"\./([\w-]+\.js)"')
_HASHED = re.compile(r"([\w-]+)\.([0-9a-f]{10})(\.\w+)")
_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent; ``name`` carries the first ten digits of the SHA-256 of its content."""

    name: str
    content: bytes
    compressed: bytes
    media_type: str
    imports: tuple[str, ...]


class Assets:
    """Reads every file once; modules import each other by their hashed names."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._by_plain: dict[str, Asset] = {}
        for path in sorted(folder.iterdir()):
            if path.suffix in TYPES:
                self._read(path.name)

    def path(self, plain: str) -> str:
        """Return the address of a file, e.g. ``/chat/static/chat.0123456789.css``."""
        return f"/chat/static/{self._by_plain[plain].name}"

    def modules(self, plain: str) -> list[str]:
        """Return the addresses of all modules that ``plain`` imports, for preloading them at once."""
        found: dict[str, None] = {}

        def walk(name: str) -> None:
            for inner in self._by_plain[name].imports:
                if inner not in found:
                    found[inner] = None
                    walk(inner)

        walk(plain)
        return [self.path(name) for name in found]

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

    def _read(self, plain: str) -> Asset:
        if plain in self._by_plain:
            return self._by_plain[plain]
        path = self._folder / plain
        content = path.read_bytes()
        imports: list[str] = []
        if path.suffix == ".js":
            text = content.decode("utf-8")
            imports = [match[2] for match in _IMPORT.finditer(text)]
            text = _IMPORT.sub(lambda match: f'{match[1]} "./{self._read(match[2]).name}"', text)
            content = text.encode("utf-8")
        asset = make_asset(plain, content, tuple(imports))
        self._by_plain[plain] = asset
        return asset


def make_asset(plain: str, content: bytes, imports: tuple[str, ...] = ()) -> Asset:
    """Return an asset with its hashed name and compressed form."""
    stem, suffix = plain.rsplit(".", 1)
    digest = hashlib.sha256(content).hexdigest()[:10]
    return Asset(f"{stem}.{digest}.{suffix}", content, gzip.compress(content, 9, mtime=0), TYPES["." + suffix], imports)


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
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
        return Response(asset.compressed, 200, headers, asset.media_type)
    return Response(asset.content, 200, headers, asset.media_type)

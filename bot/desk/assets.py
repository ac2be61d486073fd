"""The desk's own files: named by their content, kept by browsers for a year."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

FOLDER = Path(__file__).with_name("static")
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_YEAR = "public, max-age=31536000, immutable"


class DeskAssets:
    """Reads every file once, when the application starts."""

    def __init__(self, folder: Path = FOLDER) -> None:
        files = [path for path in sorted(folder.iterdir()) if path.suffix in TYPES]
        self._content = {path.name: path.read_bytes() for path in files}
        self._versions = {name: hashlib.sha256(content).hexdigest()[:10] for name, content in self._content.items()}

    def path(self, name: str) -> str:
        """Return the address of a file, e.g. ``/desk/static/0123456789/desk.css``."""
        return f"/desk/static/{self._versions[name]}/{name}"

    async def serve(self, request: Request) -> Response:
        """Return a file; an older version's address gives the present content, unkept.

        Raises:
            HTTPException: 404.
        """
        name = str(request.path_params["name"])
        if name not in self._content:
            raise HTTPException(404)
        current = request.path_params["version"] == self._versions[name]
        return self.response(name, {"cache-control": _YEAR if current else "no-cache"})

    def response(self, name: str, headers: Mapping[str, str]) -> Response:
        """Return a file as an answer; KeyError where there is none of that name."""
        return Response(self._content[name], 200, headers, TYPES[Path(name).suffix])

"""Where somebody goes after signing in: to a page of this desk, nowhere else."""

from __future__ import annotations

import re

DESK = "/desk"
# No second slash at the front, no backslash, no control characters: browsers read those as other hosts.
_PAGE = re.compile(r"/desk(?:/[A-Za-z0-9_./-]*)?(?:\?[A-Za-z0-9_.~%&=+,:;*-]*)?")
_DOORS = ("/desk/sign-in", "/desk/sign-out", "/desk/password")
LONGEST = 500


def allowed(wanted: str | None) -> str:
    """Return the page that was ``wanted`` when it is one of the desk's, else the desk's first page."""
    if not wanted or len(wanted) > LONGEST or not _PAGE.fullmatch(wanted) or ".." in wanted or "//" in wanted:
        return DESK
    return DESK if wanted.startswith(_DOORS) else wanted

"""Joins a script's modules into one file when the application starts: a phone on a bad line waits once, not twenty times.

The files in ``static`` are plain ES modules. They keep to two forms, and anything else is refused at the start:
``import { a, b } from "./other.js";`` and ``export`` before a function, constant or class.
"""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?function|const|class) (\w+)", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def joined(folder: Path, entry: str) -> str:
    """Return the module ``entry`` (its name without ``.js``) with all that it imports, each in a scope of its own.

    Raises:
        ValueError: modules import each other in a circle, or use a form that is not known here.
    """
    scopes: dict[str, str] = {}

    def add(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise ValueError(f"modules import each other in a circle: {' → '.join((*above, name))}")
        if name in scopes:
            return
        text = (folder / f"{name}.js").read_text(encoding="utf-8")
        for found in _IMPORT.finditer(text):
            add(found[2], (*above, name))
        scopes[name] = _scope(name, text)

    add(entry, ())
    return "".join(scopes.values())


def _scope(name: str, text: str) -> str:
    exported = [found[2] for found in _EXPORT.finditer(text)]
    inner = _EXPORT.sub(r"\1 \2", _IMPORT.sub(r"const { \1 } = $\2;\n", text))
    if left := _LEFT_OVER.search(inner):
        raise ValueError(f"{name}.js: {left[0]}: not a form that modules here may use")
    return f"const ${name} = (() => {{\n{inner}return {{ {', '.join(exported)} }};\n}})();\n"

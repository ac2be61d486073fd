"""What the languages call themselves, each other and the territories: nlu/<language>/names.yml."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Text, Tuple

import yaml

from nlu.components.spelling import Latin
from nlu.components.words import words

FOLDER = Path(__file__).resolve().parent.parent
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TERRITORY, LANGUAGE, ORDINAL = "territory", "language", "ordinal"
_ENTITIES = {"names_of_territories": TERRITORY, "names_of_languages": LANGUAGE, "ordinals": ORDINAL}


class BrokenNames(ValueError):
    """A file of names cannot be used; the text names the file and what is wrong."""


@dataclass
class Names:
    """Names as (entity, value, name), greetings with the languages that use them, (circumstance, phrase), Latin letters."""

    entries: List[Tuple[Text, Text, Text]] = field(default_factory=list)
    greetings: Dict[Text, List[Text]] = field(default_factory=dict)
    circumstances: List[Tuple[Text, Text]] = field(default_factory=list)
    latin: Latin = field(default_factory=Latin)


def read_names(folder: Path = FOLDER) -> Names:
    """Return all languages' names.

    Raises:
        BrokenNames: a file is not of the format that nlu/README.md describes.
    """
    found = Names()
    letters: Dict[Text, Dict[Text, List[Text]]] = {}
    for path in sorted(folder.glob("*/names.yml")):
        data = _read(path)
        try:
            for key, entity in _ENTITIES.items():
                for value, names in (data.get(key) or {}).items():
                    # YAML reads the code of Norwegian as false.
                    code = "no" if value is False else str(value)
                    found.entries += [(entity, code, str(name)) for name in names]
            for code, phrases in (data.get("circumstances") or {}).items():
                found.circumstances += [(str(code), str(phrase)) for phrase in phrases]
            if data.get("letters_in_latin"):
                ways = data["letters_in_latin"].items()
                letters[path.parent.name] = {str(letter): [str(way) for way in own] for letter, own in ways}
            found.latin.words[path.parent.name] = [str(word) for word in data.get("words_in_latin") or []]
            for greeting in data.get("greetings") or []:
                users = found.greetings.setdefault(" ".join(words(str(greeting))), [])
                if path.parent.name not in users:
                    users.append(path.parent.name)
        except (AttributeError, TypeError) as error:
            raise BrokenNames(f"{path}: {error}") from error
    found.latin = Latin(letters, found.latin.words)
    return found


def _read(path: Path) -> Dict[Text, Any]:
    try:
        with path.open(encoding="utf-8") as file:
            data = yaml.load(file, Loader=_LOADER) or {}
    except yaml.YAMLError as error:
        raise BrokenNames(f"{path}: {error}") from error
    if not isinstance(data, dict):
        raise BrokenNames(f"{path}: a mapping is expected")
    return data

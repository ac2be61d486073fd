"""The one script that a city puts on its own site."""

from __future__ import annotations

import json

from bot.channels.web.assets import FOLDER, Asset, make_asset
from bot.conversation.contract import LanguageChoice, Words

TEMPLATE = FOLDER / "embed.js"
_GAP = "/*words*/ {}"


def script(languages: list[LanguageChoice], wording: Words, default: str) -> Asset:
    """Return embed.js with the words of its button in every language, so that it needs no second request."""
    words = {
        language.code: [wording.text(f"web.embed_{name}", language.code) for name in ("open", "close", "problem")]
        + [language.dir]
        for language in languages
    }
    content = TEMPLATE.read_text(encoding="utf-8")
    filled = content.replace(_GAP, json.dumps(words, ensure_ascii=False, separators=(",", ":"))).replace(
        '/*default*/ "en"', json.dumps(default)
    )
    return make_asset("embed.js", filled.encode("utf-8"))

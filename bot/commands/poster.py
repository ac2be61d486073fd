"""``poster``: draw a printable A4 page with QR codes that open the chat of a territory, in several languages."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from bot.channels.telegram.settings import BotToken, read_tokens
from bot.commands.migrate import migrate
from bot.conversation.wording import Wording
from bot.poster.addresses import Addresses, bot_name, checked_desk, checked_public_url
from bot.poster.drawing import as_html, draw
from bot.poster.invitations import Poster, compose
from bot.poster.printing import to_pdf
from bot.progress import Trouble
from bot.settings import Settings, settings
from knowledge.store import Store, StoreError
from knowledge.territories import TerritoryView, list_territories

Writer = Callable[[Poster, Path], list[Path]]


def main(arguments: list[str]) -> int:
    """Run the verb; return its exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m bot poster", description=__doc__)
    parser.add_argument("territory", help="id of the city or region, e.g. turin")
    parser.add_argument("--desk", default="", help="the counter that the poster hangs at: letters, digits and _")
    parser.add_argument("--languages", default="", help="codes with commas between, e.g. ar,uk,en (default: all)")
    parser.add_argument(
        "--output", type=Path, help="poster.svg, poster.pdf or poster.html (default: poster-TERRITORY.svg)"
    )
    parser.add_argument("--no-telegram", action="store_true", help="leave the Telegram bot out")
    chosen = parser.parse_args(arguments)
    output = chosen.output or Path(f"poster-{chosen.territory}.svg")
    write = _writer(output)
    wording = Wording()
    languages = _chosen_languages(chosen.languages, wording)
    public_url = checked_public_url(settings().public_url)
    desk = checked_desk(chosen.desk, wording.languages)
    migrate(settings())
    territory = _territory(settings(), chosen.territory)
    bot = "" if chosen.no_telegram else _bot(settings(), territory.id)
    languages = languages or _all_languages(territory, wording)
    poster = compose(territory, desk, languages, Addresses(public_url, territory.id, desk, bot), wording)
    written = _written(write, poster, output)
    doors = "web and Telegram" if bot else "web only"
    print(f"{', '.join(map(str, written))}: {', '.join(languages)}; {doors}")
    return 0


def _writer(output: Path) -> Writer:
    writers: dict[str, Writer] = {".svg": _write_svg, ".html": _write_html, ".pdf": _write_pdf}
    write = writers.get(output.suffix.lower())
    if not write:
        raise Trouble(f"--output {output}: the name must end in {', '.join(writers)}.")
    if not output.parent.is_dir():
        raise Trouble(f"--output {output}: there is no folder {output.parent}.")
    return write


def _written(write: Writer, poster: Poster, output: Path) -> list[Path]:
    try:
        return write(poster, output)
    except OSError as error:
        raise Trouble(f"{output} cannot be written ({error.strerror}): choose another --output.") from error


def _write_svg(poster: Poster, output: Path) -> list[Path]:
    written = []
    for number, page in enumerate(draw(poster), 1):
        path = output if number == 1 else output.with_stem(f"{output.stem}-{number}")
        path.write_text(page, encoding="utf-8")
        written.append(path)
    return written


def _write_html(poster: Poster, output: Path) -> list[Path]:
    output.write_text(as_html(poster, draw(poster)), encoding="utf-8")
    return [output]


def _write_pdf(poster: Poster, output: Path) -> list[Path]:
    to_pdf(as_html(poster, draw(poster)), output)
    return [output]


def _chosen_languages(text: str, wording: Wording) -> list[str]:
    codes = list(dict.fromkeys(code for part in text.split(",") if (code := part.strip())))
    for code in codes:
        if not wording.speaks(code):
            raise Trouble(f"--languages {code}: the chat speaks {', '.join(wording.languages)}.")
    return codes


def _all_languages(territory: TerritoryView, wording: Wording) -> list[str]:
    official = [code for code in territory.official_languages if wording.speaks(code)]
    return list(dict.fromkeys([*official, *wording.languages]))


def _territory(settings: Settings, name: str) -> TerritoryView:
    store = Store(settings.database)
    try:
        with store.session() as session:
            known = {territory.id: territory for territory in list_territories(session)}
    except StoreError as error:
        raise Trouble(str(error)) from error
    finally:
        store.close()
    if name not in known:
        raise Trouble(f"there is no territory '{name}': choose {', '.join(sorted(known))}.")
    return known[name]


def _bot(settings: Settings, territory: str) -> str:
    try:
        bots = read_tokens(settings.telegram_token.get_secret_value())
    except ValueError as error:
        raise Trouble(f"VENTANILLA_TELEGRAM_TOKEN: {error}") from error
    bot = _bot_of(bots, territory)
    return bot_name(bot, settings.telegram_api_url.rstrip("/")) if bot else ""


def _bot_of(bots: tuple[BotToken, ...], territory: str) -> BotToken | None:
    own = [bot for bot in bots if bot.territory == territory]
    return next(iter(own or [bot for bot in bots if bot.territory is None]), None)

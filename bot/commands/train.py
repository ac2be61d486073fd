"""``train``: train the assistant's model if its inputs changed."""

from __future__ import annotations

import argparse

from bot.commands.migrate import migrate
from bot.model import train_if_needed, write_gazetteer
from bot.settings import Settings, settings
from knowledge.gazetteer import service_names
from knowledge.store import Store


def main(arguments: list[str]) -> int:
    """Run the verb; return its exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m bot train", description=__doc__)
    parser.add_argument("--force", action="store_true", help="train even when nothing changed")
    chosen = parser.parse_args(arguments)
    migrate(settings())
    trained = train(settings(), force=chosen.force)
    print("trained" if trained else "nothing changed since the model was trained")
    return 0


def train(settings: Settings, *, force: bool = False) -> bool:
    """Write the names of services for the assistant and train it when an input changed; return whether it was trained."""
    store = Store(settings.database)
    with store.session() as session:
        write_gazetteer(service_names(session), settings.home / "gazetteer" / "services.jsonl")
    store.close()
    return train_if_needed(settings.model, force=force)

"""``python3 -m bot VERB``: sets up what the verb needs, then runs it. Standard library only at import."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module

from bot import environments
from bot.environments import APP, ASSISTANT, DEV, Environment
from bot.progress import Trouble

# verb: what --help says, the environments it needs, and the one that its command runs in (None: this interpreter)
VERBS: dict[str, tuple[str, tuple[Environment, ...], Environment | None]] = {
    "setup": ("build both environments, the database and the model, and stop", (ASSISTANT, APP), None),
    "run": ("set everything up and serve the chat", (ASSISTANT, APP), None),
    "test": ("set everything up and run the tests", (ASSISTANT, DEV), None),
    "ask": ("answer in the terminal, through the same code as the web chat", (ASSISTANT, APP), APP),
    "understand": ("say what messages mean, without answering", (ASSISTANT, APP), APP),
    "train": ("train the model if its inputs changed", (ASSISTANT, APP), APP),
    "migrate": ("create or upgrade the database and load the seed records", (APP,), APP),
    "staff": ("add, list, disable or reset the people who work at the desks", (APP,), APP),
    "poster": ("draw a printable page with QR codes that open the chat", (APP,), APP),
    "check": ("check records, translations, training data and understanding", (ASSISTANT, APP), APP),
}
INSIDE = "VENTANILLA_INSIDE"


def main(arguments: list[str]) -> int:
    """Run one verb.

    Args:
        arguments: the command line without the program's name.

    Returns:
        the exit code: 0 done, 1 the verb found something wrong, 2 it could not be done.
    """
    verb = arguments[0] if arguments else "--help"
    if verb not in VERBS:
        _help(verb)
        return 0 if verb in ("-h", "--help") else 2
    _, needed, inside = VERBS[verb]
    try:
        if not os.environ.get(INSIDE):
            if not {"-h", "--help"} & set(arguments[1:]):
                environments.build(*needed)
            if inside:
                return _enter(inside, arguments)
        command = import_module(f"bot.commands.{verb}")
        return int(command.main(arguments[1:]) or 0)
    except Trouble as trouble:
        print(f"ventanilla: {trouble}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _enter(environment: Environment, arguments: list[str]) -> int:
    if not environment.python.exists():
        environments.build(environment)
    os.environ[INSIDE] = environment.name
    sys.stdout.flush()
    os.execv(environment.python, [str(environment.python), "-m", "bot", *arguments])


def _help(verb: str) -> None:
    description = "Ventanilla: the one-stop shop's counter on the phone."
    parser = argparse.ArgumentParser(prog="python3 -m bot", description=description)
    verbs = parser.add_subparsers(metavar="VERB", title="verbs (each with --help)")
    for name, (text, _, _) in VERBS.items():
        verbs.add_parser(name, help=text)
    parser.print_help(sys.stdout if verb in ("-h", "--help") else sys.stderr)
    if verb not in ("-h", "--help"):
        print(f"\nventanilla: there is no verb '{verb}'.", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

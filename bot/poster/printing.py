"""Prints an HTML document to PDF with the Chromium that is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from bot.progress import Trouble

NAMES = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 90


def to_pdf(html: str, output: Path) -> None:
    """Write a document as PDF.

    Args:
        html: a document that needs nothing from the network.
        output: the file to write.

    Raises:
        Trouble: there is no Chromium, or it could not print.
    """
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if not program:
        raise Trouble("a PDF needs Chromium: install the package 'chromium', or choose --output poster.svg.")
    with tempfile.TemporaryDirectory() as folder:
        source, printed = Path(folder) / "poster.html", Path(folder) / "poster.pdf"
        source.write_text(html, encoding="utf-8")
        _run([program, *_options(folder), f"--print-to-pdf={printed}", source.as_uri()])
        if not printed.exists():
            raise Trouble(f"{program} printed nothing: choose --output poster.svg and print that.")
        shutil.copyfile(printed, output)


def _options(folder: str) -> list[str]:
    options = [
        "--headless=new",
        "--disable-gpu",
        "--no-first-run",
        "--no-pdf-header-footer",
        f"--user-data-dir={folder}/profile",
    ]
    # Chromium refuses to start its sandbox for root; the document is our own.
    return [*options, "--no-sandbox"] if os.geteuid() == 0 else options


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        raise Trouble(
            f"{command[0]} could not print ({type(error).__name__}): choose --output poster.svg and print that."
        ) from error

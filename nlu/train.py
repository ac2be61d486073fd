"""Trains the assistant: ``python -m nlu.train --out FILE`` writes one model file from config, domain and nlu/."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
import warnings
from pathlib import Path
from typing import List

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
# Every training here is a full one: Rasa's cache of earlier ones would only grow, in the folder one stands in.
os.environ["RASA_MAX_CACHE_SIZE"] = "0"
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

ROOT = Path(__file__).resolve().parent.parent
DATA = ("topics.yml", "acts.yml", "circumstances.yml", "safety.yml")


def training_files(folder: Path) -> List[str]:
    """Return Rasa's training files below ``folder``: the rules, and every language's examples."""
    found = [str(folder / "rules.yml")]
    for name in DATA:
        found += [str(path) for path in sorted(folder.glob(f"*/{name}"))]
    return found


def main() -> int:
    """Train; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, type=Path, help="the model file to write, .tar.gz")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.basicConfig(level=logging.ERROR)
    started = time.monotonic()
    _train(chosen.out)
    print(f"  trained and saved in {time.monotonic() - started:.1f} s", flush=True)
    return 0


def _train(out: Path) -> None:
    import rasa
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)
    logging.getLogger("rasa").setLevel(logging.ERROR)
    # The name decides where Rasa puts it; a half-written model must never stand where the old one works.
    name = out.name[: -len(".tar.gz")] + ".new.tar.gz"
    result = rasa.train(
        domain=str(ROOT / "domain.yml"),
        config=str(ROOT / "config.yml"),
        training_files=training_files(ROOT / "nlu"),
        output=str(out.parent),
        force_training=True,
        fixed_model_name=name,
    )
    if result.code or not result.model:
        raise SystemExit(result.code or 1)
    os.replace(result.model, out)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())

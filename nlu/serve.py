"""The assistant process: Rasa's server on loopback, made from environment variables, logging no message text."""

from __future__ import annotations

import gc
import logging
import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Dict

if TYPE_CHECKING:
    from sanic import Sanic

# Before TensorFlow is imported: it talks a lot and takes threads and memory that nothing here needs.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")

NEEDED = (
    "VENTANILLA_ASSISTANT_PORT",
    "VENTANILLA_MODEL",
    "VENTANILLA_CALLBACK_URL",
    "VENTANILLA_CALLBACK_SECRET",
)
BACKLOG = 256
RESPONSE_SECONDS = 60


def main() -> int:
    """Serve until SIGINT or SIGTERM; return the exit code."""
    missing = [name for name in NEEDED if not os.environ.get(name)]
    if missing:
        print(f"assistant: {', '.join(missing)} must be set", file=sys.stderr)
        return 2
    if not os.path.exists(os.environ["VENTANILLA_MODEL"]):
        print(
            f"assistant: there is no model at {os.environ['VENTANILLA_MODEL']}: run 'python3 -m bot train'",
            file=sys.stderr,
        )
        return 2
    _quiet()
    _run(int(os.environ["VENTANILLA_ASSISTANT_PORT"]))
    return 0


def _run(port: int) -> None:
    from rasa.core.run import close_resources, configure_app, load_agent_on_start
    from rasa.core.utils import AvailableEndpoints

    from nlu.components import validation
    from nlu.components.callback import Callback
    from nlu.components.channel import ExchangeInput
    from nlu.components.memory import ExchangeTrackerStore

    validation.install()
    secret = os.environ["VENTANILLA_CALLBACK_SECRET"]
    callback = os.environ["VENTANILLA_CALLBACK_URL"].rstrip("/")
    headers: Dict[str, str] = {"X-Ventanilla": secret}
    trackers = ExchangeTrackerStore()
    endpoints = AvailableEndpoints(
        tracker_store=trackers,
        # Our actions never look into the domain, which would otherwise travel with every call.
        action=Callback(f"{callback}/webhook", headers=headers, enable_selective_domain=True),
        nlg=Callback(f"{callback}/nlg", headers=headers),
    )
    app = configure_app(
        [ExchangeInput(secret, trackers)],
        enable_api=False,
        response_timeout=RESPONSE_SECONDS,
        endpoints=endpoints,
        port=port,
    )
    app.register_listener(
        partial(load_agent_on_start, os.environ["VENTANILLA_MODEL"], endpoints, None), "before_server_start"
    )
    app.register_listener(_warm, "before_server_start")
    app.register_listener(close_resources, "after_server_stop")
    print(f"assistant: serving on 127.0.0.1:{port}", flush=True)
    app.run(host="127.0.0.1", port=port, backlog=BACKLOG, workers=1, access_log=False, motd=False)


async def _warm(app: Sanic, _loop: object) -> None:
    # What is loaded at the first use would make the first newcomer wait for seconds.
    agent = app.ctx.agent
    if agent is not None and agent.is_ready():
        await agent.parse_message("hello")
    # What stays for good is not to be looked through again and again: that halts every conversation.
    gc.collect()
    gc.freeze()


def _quiet() -> None:
    import structlog
    from rasa.utils.log_utils import configure_structlog

    level = os.environ.get("VENTANILLA_LOG_LEVEL", "info").upper()
    # Rasa's debug lines hold what people wrote; ours go no lower than info either.
    floor = max(logging.WARNING, getattr(logging, level, logging.INFO))
    logging.basicConfig(level=floor, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    configure_structlog(floor)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(floor))
    for noisy in ("rasa", "sanic", "matplotlib", "apscheduler", "tensorflow"):
        logging.getLogger(noisy).setLevel(floor)


if __name__ == "__main__":
    sys.exit(main())

"""All actions of the domain, ready for the action server."""

from __future__ import annotations

from rasa_sdk.executor import ActionExecutor

from actions.about_service import AskAboutService, Details
from actions.change import ChangeLanguage, ChangeTerritory
from actions.dialogue import Confirm, Decline, OutOfScope, WrongAnswer
from actions.find_service import FindService
from actions.first_steps import FirstSteps
from actions.forget import ForgetMe
from actions.more import More
from actions.person import TalkToPerson
from actions.safety import Safety
from knowledge.store import Store

ACTIONS = (
    AskAboutService,
    ChangeLanguage,
    ChangeTerritory,
    Confirm,
    Decline,
    Details,
    FindService,
    FirstSteps,
    ForgetMe,
    More,
    OutOfScope,
    Safety,
    TalkToPerson,
    WrongAnswer,
)


def executor(store: Store) -> ActionExecutor:
    """Return rasa-sdk's executor with every action of ours, working on ``store``."""
    made = ActionExecutor()
    for action in ACTIONS:
        made.register_action(action(store))
    return made

"""The desk put together from the parts: its pages behind their guard, and the doors to them."""

from __future__ import annotations

from datetime import timedelta

from starlette.routing import BaseRoute

from bot.conversation.assistant import AssistantDown
from bot.desk import DeskSettings, create_desk
from bot.desk.settings import Detect
from bot.desk.signing_in import DoorSettings, SigningIn
from bot.parts import Parts
from bot.security.sso import Provider

# Below this the language of a short text is a guess.
SURE = 0.8


def desk_routes(parts: Parts) -> list[BaseRoute]:
    """Return the addresses below /desk."""
    settings = parts.settings
    doors = SigningIn(
        parts.store,
        parts.wording,
        DoorSettings(
            idle=timedelta(minutes=settings.staff_idle_minutes),
            longest=timedelta(hours=settings.staff_session_hours),
            public_url=settings.public_url,
            provider=Provider(
                issuer=settings.oidc_issuer,
                client_id=settings.oidc_client_id,
                client_secret=settings.oidc_client_secret.get_secret_value(),
            ),
        ),
    )
    desk = create_desk(
        parts.store,
        parts.handoffs,
        parts.conversations,
        parts.composer,
        parts.wording,
        parts.bells,
        DeskSettings(
            detect=_detect(parts),
            longest_message=settings.longest_message,
            translation_url=settings.translation_url,
            translation_key=settings.translation_key.get_secret_value(),
        ),
        doors.guard,
        parts.pushing,
        signs=parts.signs,
    )
    return [*doors.routes, *desk]


def _detect(parts: Parts) -> Detect:
    async def detect(text: str) -> str | None:
        try:
            (understood,) = await parts.assistant.understand([{"text": text, "metadata": {}}])
        except AssistantDown:
            return None
        return understood.detected if understood.language_confidence >= SURE else None

    return detect

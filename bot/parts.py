"""Composition root: the only place that makes the parts and wires them. Nothing connects before the first use."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr

from starlette.applications import Starlette

from actions import registry
from bot import callbacks
from bot.channels.telegram import TelegramChannel, TelegramSettings, create_telegram, read_tokens
from bot.conversation.answering import Answering
from bot.conversation.assistant import Assistant
from bot.conversation.bells import Bells
from bot.conversation.composing import Composer
from bot.conversation.conversations import StoredConversations
from bot.conversation.handoffs import Handoffs
from bot.conversation.handover import Handover
from bot.conversation.limits import Limits
from bot.conversation.retention import Retention
from bot.conversation.safety import SafetyRules
from bot.conversation.signs import Signs
from bot.conversation.wording import Wording
from bot.environments import ROOT
from bot.letters import Letters
from bot.pushing import Pushing
from bot.settings import Settings
from knowledge.store import Store


@dataclass(frozen=True)
class Parts:
    """Everything that one process of the app is made of."""

    settings: Settings
    store: Store
    wording: Wording
    composer: Composer
    bells: Bells
    signs: Signs
    assistant: Assistant
    conversations: StoredConversations
    retention: Retention
    handoffs: Handoffs
    letters: Letters
    pushing: Pushing
    telegram: TelegramChannel
    callbacks: Starlette


def make_parts(settings: Settings) -> Parts:
    """Return the wired parts.

    Args:
        settings: read once; ``callback_secret`` must be set, since the assistant has to prove itself with it.
    """
    store = Store(settings.database)
    wording = Wording()
    secret = settings.callback_secret.get_secret_value()
    composer = Composer(wording, store, retention_days=settings.retention_days)
    assistant = Assistant(settings.assistant_url, secret, settings.assistant_seconds)
    bells = Bells()
    signs = Signs(bells)
    handover = Handover(store, composer)
    rules = SafetyRules(ROOT / "nlu")
    desk_url = f"{settings.public_url.rstrip('/')}/desk"
    conversations = StoredConversations(
        store=store,
        bells=bells,
        signs=signs,
        answering=Answering(rules=rules, assistant=assistant, composer=composer, handover=handover),
        composer=composer,
        limits=Limits(
            messages_per_minute=settings.messages_per_minute, conversations_per_hour=settings.conversations_per_hour
        ),
        default_language=settings.default_language,
        longest_message=settings.longest_message,
    )
    return Parts(
        settings=settings,
        store=store,
        wording=wording,
        composer=composer,
        bells=bells,
        signs=signs,
        assistant=assistant,
        conversations=conversations,
        handoffs=Handoffs(store, bells, composer),
        retention=Retention(store, settings.retention_days),
        letters=Letters(
            store,
            wording,
            server=settings.smtp_url.get_secret_value(),
            sender=settings.smtp_from,
            desk_url=desk_url,
        ),
        pushing=Pushing(
            store, wording, contact=settings.push_contact or parseaddr(settings.smtp_from)[1], desk_url=desk_url
        ),
        telegram=create_telegram(conversations, wording, store, _telegram(settings)),
        callbacks=callbacks.create(registry.executor(store), composer, secret),
    )


def _telegram(settings: Settings) -> TelegramSettings:
    return TelegramSettings(
        bots=read_tokens(settings.telegram_token.get_secret_value()),
        webhook=settings.telegram_webhook,
        public_url=settings.public_url,
        api_url=settings.telegram_api_url,
        default_language=settings.default_language,
    )

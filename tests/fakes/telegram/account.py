"""The methods about the bot's own account: who it is, commands, descriptions, webhook."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.telegram import rules
from tests.fakes.telegram.markup import units
from tests.fakes.telegram.refusals import bad
from tests.fakes.telegram.state import Bot, Webhook, World

SCOPES = {
    "default",
    "all_private_chats",
    "all_group_chats",
    "all_chat_administrators",
    "chat",
    "chat_administrators",
    "chat_member",
}
LOOPBACK = ("127.0.0.1", "localhost", "::1")
PORTS = (80, 88, 443, 8443)
UPDATES = {
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
}

Parameters = dict[str, Any]


def get_me(world: World, bot: Bot, given: Parameters) -> Any:
    """getMe."""
    return bot.as_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def log_out(world: World, bot: Bot, given: Parameters) -> Any:
    """logOut."""
    bot.logged_out = True
    return True


def close(world: World, bot: Bot, given: Parameters) -> Any:
    """close."""
    return True


def set_commands(world: World, bot: Bot, given: Parameters) -> Any:
    """setMyCommands, for a scope and a language."""
    bot.commands[_key(given)] = rules.commands(given.get("commands"))
    return True


def get_commands(world: World, bot: Bot, given: Parameters) -> Any:
    """getMyCommands: exactly what was set for this scope and language."""
    return bot.commands.get(_key(given), [])


def delete_commands(world: World, bot: Bot, given: Parameters) -> Any:
    """deleteMyCommands."""
    bot.commands.pop(_key(given), None)
    return True


def _key(given: Parameters) -> tuple[str, str]:
    scope = given.get("scope") or {"type": "default"}
    if not isinstance(scope, dict) or scope.get("type") not in SCOPES:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    return json.dumps(scope, sort_keys=True), rules.language(given.get("language_code", ""))


def _setter(name: str, longest: int) -> Callable[[World, Bot, Parameters], Any]:
    def put(world: World, bot: Bot, given: Parameters) -> Any:
        text = given.get(name, "")
        if units(text) > longest:
            raise bad(f"{name.replace('_', ' ')} is too long")
        bot.descriptions[name, rules.language(given.get("language_code", ""))] = text
        return True

    return put


def _getter(name: str) -> Callable[[World, Bot, Parameters], Any]:
    def get(world: World, bot: Bot, given: Parameters) -> Any:
        code = rules.language(given.get("language_code", ""))
        return {name: bot.descriptions.get((name, code)) or bot.descriptions.get((name, ""), "")}

    return get


def set_webhook(world: World, bot: Bot, given: Parameters) -> Any:
    """setWebhook; plain http only to this machine, which the real one never takes."""
    url, secret = given.get("url", ""), given.get("secret_token", "")
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise bad("secret token contains unallowed characters")
    keep_allowed(world, bot, given, "setWebhook")
    if given.get("drop_pending_updates"):
        bot.pending.clear()
    if not url:
        bot.webhook = None
        world.tell()
        return True
    parts = urlsplit(url)
    if parts.hostname not in LOOPBACK:
        if parts.scheme != "https":
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if (parts.port or 443) not in PORTS:
            raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    bot.webhook = Webhook(url, secret, min(100, max(1, given.get("max_connections", 40))))
    bot.polls += 1
    world.tell()
    return True


def delete_webhook(world: World, bot: Bot, given: Parameters) -> Any:
    """deleteWebhook."""
    bot.webhook = None
    if given.get("drop_pending_updates"):
        bot.pending.clear()
    world.tell()
    return True


def webhook_info(world: World, bot: Bot, given: Parameters) -> Any:
    """getWebhookInfo."""
    hook = bot.webhook
    said: dict[str, Any] = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(bot.pending),
    }
    if hook:
        said["max_connections"] = hook.most
        if hook.last_error:
            said |= {"last_error_date": hook.last_error[0], "last_error_message": hook.last_error[1]}
    if bot.allowed:
        said["allowed_updates"] = bot.allowed
    return said


def keep_allowed(world: World, bot: Bot, given: Parameters, method: str) -> None:
    """Remember which kinds of updates the bot asks for, if the call says so."""
    if "allowed_updates" not in given:
        return
    kinds = given["allowed_updates"] or []
    strange = [kind for kind in kinds if kind not in UPDATES]
    if strange:
        world.violations.append(f"{method}: no kind of update is called {', '.join(map(str, strange))}")
    bot.allowed = list(kinds) or None


METHODS: dict[str, Callable[[World, Bot, Parameters], Any]] = {
    "getMe": get_me,
    "logOut": log_out,
    "close": close,
    "setMyCommands": set_commands,
    "getMyCommands": get_commands,
    "deleteMyCommands": delete_commands,
    "setMyDescription": _setter("description", 512),
    "getMyDescription": _getter("description"),
    "setMyShortDescription": _setter("short_description", 120),
    "getMyShortDescription": _getter("short_description"),
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": webhook_info,
}

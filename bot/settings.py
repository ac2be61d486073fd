"""All settings, read once from VENTANILLA_… variables; a secret may also stand in a file named by …_FILE."""

from __future__ import annotations

import os
import re
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.environments import ROOT, home
from bot.progress import Trouble

PREFIX = "VENTANILLA_"
SECRETS = ("telegram_token", "callback_secret", "oidc_client_secret", "translation_key", "smtp_url")
_TOKEN = re.compile(r"(?:[A-Za-z0-9_-]+=)?[0-9]+:[A-Za-z0-9_-]+")


class Settings(BaseSettings):
    """One frozen set of settings. Every field's description is what ``docs/operating.md`` says of it."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    home: Path = Field(default_factory=home, description="Folder of database, models and logs.")
    host: str = Field("127.0.0.1", description="Address that the web chat listens on; 0.0.0.0 for all.")
    port: int = Field(8080, ge=1, le=65535, description="Port that the web chat listens on.")
    public_url: str = Field(
        "", description="Address under which newcomers reach the chat, e.g. https://chat.city.example."
    )
    database_url: str = Field("", description="SQLAlchemy URL; empty: a SQLite file in the home folder.")
    assistant_url: str = Field("http://127.0.0.1:5005", description="Where the assistant listens: loopback only.")
    callback_port: int = Field(
        5055, ge=1, le=65535, description="Loopback port on which the assistant calls the app back."
    )
    callback_secret: SecretStr = Field(
        SecretStr(""), description="Shared by app and assistant; made at each start when empty."
    )
    assistant_seconds: float = Field(
        5.0, gt=0, description="After this many seconds the answer comes from the records alone."
    )
    default_language: str = Field("en", description="BCP 47 language used when nothing tells another.")
    retention_days: int = Field(
        30, ge=1, description="Days after its last message when a conversation is erased everywhere."
    )
    longest_message: int = Field(
        2000, ge=100, description="Characters of a message that are taken; longer ones are declined."
    )
    messages_per_minute: int = Field(30, ge=1, description="Messages a conversation may send in a minute.")
    conversations_per_hour: int = Field(60, ge=1, description="Conversations an address may open in an hour.")
    trust_proxy: bool = Field(
        False, description="Read the newcomer's address from X-Forwarded-For (behind a proxy only)."
    )
    quick_exit_url: str = Field("https://www.wikipedia.org/", description="Harmless page that the quick exit leads to.")
    telegram_token: SecretStr = Field(
        SecretStr(""),
        description="Token of the Telegram bot, or turin=TOKEN,athens=TOKEN for a bot a territory; empty: Telegram is off.",
    )
    telegram_webhook: bool = Field(
        False, description="Telegram posts updates below the public URL (https) instead of being asked for them."
    )
    telegram_api_url: str = Field(
        "https://api.telegram.org", description="Bot API server; another one for a self-hosted server."
    )
    staff_idle_minutes: int = Field(60, ge=5, description="Minutes without a click after which staff are signed out.")
    staff_session_hours: int = Field(12, ge=1, description="Hours after which staff sign in again in any case.")
    oidc_issuer: str = Field(
        "", description="Address of the OpenID Connect provider that staff sign in with; empty: off."
    )
    oidc_client_id: str = Field("", description="Id of this installation at that provider.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="Its secret at that provider.")
    translation_url: str = Field(
        "",
        description="LibreTranslate-compatible server whose translations caseworkers see beside the original; empty: off.",
    )
    translation_key: SecretStr = Field(SecretStr(""), description="Key of that server, where it wants one.")
    smtp_url: SecretStr = Field(
        SecretStr(""),
        description="Mail server, smtp://user:password@host:587, for a letter to staff when somebody waits; empty: off.",
    )
    smtp_from: str = Field("", description="Address that such letters come from.")
    push_contact: str = Field(
        "",
        description="E-mail or https address at which push services reach you, for a word on staff's devices when somebody "
        "waits; empty: that of the letters.",
    )
    log_level: str = Field("info", description="debug, info, warning or error. No level logs what people write.")

    @field_validator("telegram_token")
    @classmethod
    def _readable_tokens(cls, value: SecretStr) -> SecretStr:
        for part in filter(None, (part.strip() for part in value.get_secret_value().split(","))):
            if not _TOKEN.fullmatch(part):
                raise ValueError(
                    "use a token as @BotFather gives it, or territory=token pairs with commas between them"
                )
        return value

    @model_validator(mode="after")
    def _webhook_has_an_address(self) -> Settings:
        if self.telegram_webhook and not self.public_url.startswith("https://"):
            raise ValueError("telegram_webhook needs public_url to be an https:// address")
        return self

    @field_validator("push_contact")
    @classmethod
    def _reachable(cls, value: str) -> str:
        if value and not value.startswith("https://") and not re.fullmatch(r"[^@\s:/]+@[^@\s:/]+", value):
            raise ValueError("use an e-mail address or an https:// address")
        return value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.lower() not in ("debug", "info", "warning", "error"):
            raise ValueError("use debug, info, warning or error")
        return value.lower()

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the knowledge base and the conversations."""
        return self.database_url or f"sqlite:///{self.home / 'ventanilla.db'}"

    @property
    def model(self) -> Path:
        """The trained model."""
        return self.home / "models" / "ventanilla.tar.gz"

    @property
    def territories(self) -> Path:
        """The folder of seed records."""
        return ROOT / "knowledge" / "territories"


@lru_cache
def settings() -> Settings:
    """Return the settings of this process.

    Raises:
        Trouble: a variable has a value that does not fit; the line names it and what is expected.
    """
    return read(os.environ)


def read(environment: Any) -> Settings:
    """Read settings from a mapping like ``os.environ`` plus the files that …_FILE variables name.

    Raises:
        Trouble: as in ``settings``.
    """
    values: dict[str, Any] = {}
    for name in SECRETS:
        path = environment.get(f"{PREFIX}{name.upper()}_FILE")
        if path:
            try:
                values[name] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise Trouble(
                    f"{PREFIX}{name.upper()}_FILE names {path}, which cannot be read: {error.strerror}."
                ) from error
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:
            raise Trouble(f"{PREFIX}…: {first['msg']}.") from error
        name = PREFIX + "_".join(map(str, first["loc"])).upper()
        raise Trouble(f"{name}: {first['msg']}; {Settings.model_fields[str(first['loc'][0])].description}") from error


def new_secret() -> str:
    """Return a fresh secret for one start."""
    return secrets.token_urlsafe(32)

"""Single sign-on by OpenID Connect: authorization code with PKCE, state and nonce, by Authlib."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
import warnings
from dataclasses import dataclass, field
from typing import Any

import authlib.deprecate  # type: ignore[import-untyped]  # noqa: F401  # it asks to be heard always: so before the filter
import httpx
from starlette.requests import Request
from starlette.responses import Response

with warnings.catch_warnings():
    # Authlib announces that it will move to another HTTP library.
    warnings.simplefilter("ignore", DeprecationWarning)
    from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
    from authlib.integrations.starlette_client import OAuth  # type: ignore[import-untyped]
    from joserfc.errors import JoseError

NAME = "staff"
SECONDS = 600
TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider that staff sign in with. ``issuer`` "": there is none."""

    issuer: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """Who came back. ``subject``: a hash of issuer and id there; ``email``: only where the provider has verified it."""

    subject: str
    email: str | None
    wanted: str


class ProviderSilent(Exception):
    """The provider cannot be reached or is out of order."""


class StrangeAnswer(Exception):
    """What came back was not asked for by this browser, too old, or does not hold what it must."""


class SingleSignOn:
    """Sends browsers to the provider and reads what they bring back."""

    cookie = "ventanilla-elsewhere"
    seconds = SECONDS

    def __init__(self, provider: Provider) -> None:
        self._issuer = provider.issuer.rstrip("/")
        oauth = OAuth()
        self._client: Any = oauth.register(
            NAME,
            client_id=provider.client_id,
            client_secret=provider.client_secret or None,
            server_metadata_url=f"{self._issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email",
                "code_challenge_method": "S256",
                "timeout": TIMEOUT_SECONDS,
                **({} if provider.client_secret else {"token_endpoint_auth_method": "none"}),
            },
        )
        # Shared by all processes of an installation where there is a secret.
        known = provider.client_secret or secrets.token_urlsafe(32)
        self._key = hashlib.sha256(f"ventanilla sign-in {known}".encode()).digest()

    async def begin(self, request: Request, back: str, wanted: str) -> tuple[Response, str]:
        """Return the redirect to the provider, and what the browser has to keep until it is back.

        Args:
            back: our address that it comes back to; wanted: the page to show then.

        Raises:
            ProviderSilent
        """
        state: dict[str, Any] = {}
        request.scope["session"] = state
        try:
            await self._check_issuer()
            response: Response = await self._client.authorize_redirect(request, back)
        except (httpx.HTTPError, AuthlibBaseError, ValueError, KeyError, RuntimeError) as error:
            raise ProviderSilent from error
        return response, self._sealed({"state": state, "wanted": wanted, "until": time.time() + SECONDS})

    async def finish(self, request: Request, kept: str) -> Person:
        """Return who came back.

        Args:
            kept: what the browser kept.

        Raises:
            ProviderSilent, StrangeAnswer
        """
        opened = self._opened(kept)
        request.scope["session"] = dict(opened["state"])
        try:
            await self._check_issuer()
            token = await self._client.authorize_access_token(request)
            claims = dict(token.get("userinfo") or {})
            if not claims.get("sub"):
                raise StrangeAnswer
            if "email" not in claims:
                claims = await self._more(token, claims)
        except httpx.HTTPError as error:
            raise ProviderSilent from error
        except (AuthlibBaseError, JoseError, ValueError, KeyError, RuntimeError) as error:
            raise StrangeAnswer from error
        email = claims.get("email")
        verified = isinstance(email, str) and claims.get("email_verified") is True
        subject = hashlib.sha256(f"{self._issuer}\n{claims['sub']}".encode()).hexdigest()
        return Person(subject, str(email) if verified else None, str(opened["wanted"]))

    async def _more(self, token: Any, claims: dict[str, Any]) -> dict[str, Any]:
        more = dict(await self._client.userinfo(token=token))
        # Another person's answer must not be mixed in.
        if more.get("sub") != claims["sub"]:
            raise StrangeAnswer
        return {**more, **claims}

    async def _check_issuer(self) -> None:
        metadata = await self._client.load_server_metadata()
        if str(metadata.get("issuer", "")).rstrip("/") != self._issuer:
            raise ProviderSilent

    def _sealed(self, content: dict[str, Any]) -> str:
        packed = base64.urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).decode()
        return f"{packed}.{self._seal(packed)}"

    def _opened(self, kept: str) -> dict[str, Any]:
        packed, _, seal = kept.partition(".")
        if not seal.isascii() or not hmac.compare_digest(seal, self._seal(packed)):
            raise StrangeAnswer
        content: dict[str, Any] = json.loads(base64.urlsafe_b64decode(packed))
        if content["until"] < time.time():
            raise StrangeAnswer
        return content

    def _seal(self, packed: str) -> str:
        return hmac.new(self._key, packed.encode(), "sha256").hexdigest()

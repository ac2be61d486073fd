"""The app's callback server as Rasa calls it: connections are kept, where Rasa would make a new one for every call."""

from __future__ import annotations

from typing import Any, Dict, Optional, Text

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

SECONDS = 30
TOO_HIGH = 400


class Callback(EndpointConfig):
    """An endpoint on loopback with a header that proves who calls."""

    def __init__(self, url: Text, headers: Dict[Text, Text], **settings: Any) -> None:
        """Connect to nothing yet."""
        super().__init__(url, headers=headers, **settings)
        self._session: Optional[aiohttp.ClientSession] = None

    async def request(
        self,
        method: Text = "post",
        subpath: Optional[Text] = None,
        content_type: Optional[Text] = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Optional[Any]:
        """Send ``json`` and return the JSON that comes back.

        Raises:
            ClientResponseError: the answer's status is 400 or above.
            aiohttp.ClientError: no answer.
        """
        if self._session is None:
            # Made here, for it belongs to the event loop that the server runs.
            self._session = aiohttp.ClientSession(
                headers=self.headers,
                timeout=aiohttp.ClientTimeout(total=SECONDS),
                connector=aiohttp.TCPConnector(limit=0),
            )
        async with self._session.request(method, self.url, json=kwargs.get("json")) as response:
            if response.status >= TOO_HIGH:
                raise ClientResponseError(response.status, response.reason, await response.content.read())
            return await response.json()

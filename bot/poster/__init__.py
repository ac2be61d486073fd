"""A printed page for a counter's wall: in each language one line of what the chat is, and QR codes that open it."""

from bot.poster.drawing import draw
from bot.poster.invitations import Door, Invitation, Poster

__all__ = ["Door", "Invitation", "Poster", "draw"]

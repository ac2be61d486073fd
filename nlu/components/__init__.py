"""Rasa graph components and the channel. Nothing else of the project is imported here."""

"""Ventanilla: the one-stop shop's counter on the phone."""

__version__ = "0.2.0"

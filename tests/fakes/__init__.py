"""Strict stand-ins for other people's servers, spoken to over real HTTP."""

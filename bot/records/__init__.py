"""Conversations and what came of them: models and queries on knowledge's store."""

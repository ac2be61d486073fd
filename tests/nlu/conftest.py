"""The folder ``assistant`` runs in the assistant's environment only, started by test_components.py."""

collect_ignore = ["assistant"]

"""A light check of the action server's answers in place of Rasa's own.

Rasa checks every answer with ``jsonschema.validate``: the schema itself each time anew, then every part of every event and
response. That was half of the assistant's work on a message. The answers come from our own app, over loopback and with a
secret, in a shape that rasa-sdk makes: here it is only made sure that they are lists of named objects.
"""

from __future__ import annotations

from typing import Any, Dict, Text

import jsonschema

PARTS = ("events", "responses")


def install() -> None:
    """Make ``jsonschema.validate`` the light check for answers of actions, for the whole process."""
    thorough = jsonschema.validate

    def validate(instance: Any, schema: Dict[Text, Any], *arguments: Any, **named: Any) -> None:
        if set(schema.get("properties") or ()) == set(PARTS):
            check_answer(instance)
        else:
            thorough(instance, schema, *arguments, **named)

    jsonschema.validate = validate


def check_answer(answer: Any) -> None:
    """Check what an action answered.

    Raises:
        jsonschema.ValidationError: it is not {"events": [objects], "responses": [objects]}.
    """
    if not isinstance(answer, dict):
        raise jsonschema.ValidationError("an object is expected")
    for part in PARTS:
        found = answer.get(part, [])
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise jsonschema.ValidationError(f"{part}: a list of objects is expected")
    if not all(isinstance(event.get("event"), str) for event in answer.get("events", [])):
        raise jsonschema.ValidationError("events: each needs the name of its kind under 'event'")

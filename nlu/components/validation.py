"""JSON Schema validation that looks at each schema once.

Rasa checks every answer of the action server with ``jsonschema.validate``, which each time first checks the schema itself:
that was two thirds of the assistant's work on a message. The answers are checked as before.
"""

from __future__ import annotations

import json
from typing import Any, Dict, Text

import jsonschema
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for

_VALIDATORS: Dict[Text, Any] = {}


def install() -> None:
    """Make ``jsonschema.validate`` keep its checked schemas, for the whole process."""
    jsonschema.validate = validate


def validate(instance: Any, schema: Dict[Text, Any], cls: Any = None, *arguments: Any, **named: Any) -> None:
    """Validate like ``jsonschema.validate``.

    Raises:
        jsonschema.ValidationError: the instance does not fit the schema.
        jsonschema.SchemaError: the schema is none.
    """
    key = json.dumps(schema, sort_keys=True, default=str)
    validator = _VALIDATORS.get(key)
    if validator is None:
        kind = cls or validator_for(schema)
        kind.check_schema(schema)
        validator = _VALIDATORS[key] = kind(schema, *arguments, **named)
    error = best_match(validator.iter_errors(instance))
    if error is not None:
        raise error

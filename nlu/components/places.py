"""Names in messages: territories, languages, services of the knowledge base."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Dict, Iterable, List, Sequence, Text, Tuple

import spacy
import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.matcher import PhraseMatcher
from spacy.util import filter_spans

from nlu.components.words import words

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NAMES = Path(__file__).resolve().parent.parent
Name = Tuple[Text, Text, Text]


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=True)
class PlaceMatcher(GraphComponent):
    """Finds entities "territory" (value: id), "language" (BCP 47) and "service" (id)."""

    def __init__(self, storage: ModelStorage, resource: Resource, names: Sequence[Name]) -> None:
        """Build the matcher from (entity, value, name)."""
        self._storage = storage
        self._resource = resource
        self._names = list(names)
        # Words are made comparable before spaCy sees them, so one pipeline serves every language.
        self._blank = spacy.blank("xx")
        self._matcher = PhraseMatcher(self._blank.vocab)
        for entity, value, name in self._names:
            plain = words(name)
            if plain:
                self._matcher.add(f"{entity}\t{value}", [_doc(self._blank, plain)])

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Return the settings: there are none."""
        return {}

    @classmethod
    def create(
        cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "PlaceMatcher":
        """Return a component that knows no names yet."""
        return cls(model_storage, resource, [])

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "PlaceMatcher":
        """Return the component with the names it was trained with, and the services known to the app now."""
        with model_storage.read_from(resource) as folder:
            names = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        return cls(model_storage, resource, [tuple(name) for name in names] + list(_services()))

    def train(self, training_data: TrainingData) -> Resource:
        """Read every language's names.yml."""
        with self._storage.write_to(self._resource) as folder:
            text = json.dumps(sorted(set(_names(NAMES))), ensure_ascii=False)
            (folder / "names.json").write_text(text, encoding="utf-8")
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Add an entity for every name, the longest where names overlap."""
        for message in messages:
            plain = words(message.get(TEXT) or "")
            doc = _doc(self._blank, plain)
            spans = filter_spans(self._matcher(doc, as_spans=True)) if plain else []
            entities = list(message.get(ENTITIES) or [])
            for span in spans:
                entity, value = span.label_.split("\t")
                entities.append({"entity": entity, "value": value, "extractor": "PlaceMatcher"})
            message.set(ENTITIES, entities, add_to_output=True)
        return messages


def circumstances_with_languages(
    codes: Sequence[Text], entities: Sequence[Dict[Text, Any]], acts: Sequence[Text]
) -> List[Text]:
    """Return circumstances, "language" filled in from the languages named: "language:ar"."""
    named = [entity["value"] for entity in entities if entity["entity"] == "language"]
    result = [code for code in codes if code != "language"]
    if "language" in codes and "change_language" not in acts:
        result += [f"language:{code}" for code in dict.fromkeys(named)]
    return result


def _doc(blank: Any, plain: Sequence[Text]) -> Any:
    return spacy.tokens.Doc(blank.vocab, words=list(plain))


def _names(folder: Path) -> Iterable[Name]:
    for path in sorted(folder.glob("*/names.yml")):
        with path.open(encoding="utf-8") as file:
            data = yaml.load(file, Loader=_LOADER) or {}
        for key, entity in (("names_of_territories", "territory"), ("names_of_languages", "language")):
            for value, names in (data.get(key) or {}).items():
                for name in names:
                    yield entity, str(value), str(name)


def _services() -> Iterable[Name]:
    path = Path(os.environ.get("VENTANILLA_HOME", "var")) / "gazetteer" / "services.jsonl"
    if not path.exists():
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            for name in entry["names"]:
                yield "service", str(entry["id"]), str(name)

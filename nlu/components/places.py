"""Names in messages: territories, languages, services of the knowledge base, offers, ordinals."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence, Text

import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans

from nlu.components.language import SPELT
from nlu.components.names import FOLDER, read_names
from nlu.components.offers import Offers, Phrases, read_offers
from nlu.components.words import words

LONGEST = 300


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=True)
class PlaceMatcher(GraphComponent):
    """Finds entities "territory" (id), "language" (BCP 47), "service" (id), "offer", "circumstance" (codes), "ordinal"."""

    def __init__(
        self,
        storage: ModelStorage,
        resource: Resource,
        names: Sequence[Sequence[Text]],
        offers: Phrases,
        circumstances: Phrases,
    ) -> None:
        """Build the matchers from (entity, value, name), (offer, phrase) and (circumstance, phrase)."""
        self._storage = storage
        self._resource = resource
        self._phrases = {"offer": Offers(offers), "circumstance": Offers(circumstances)}
        # Words are made comparable before spaCy sees them, so one blank pipeline serves every language.
        self._blank = spacy.blank("xx")
        self._matcher = PhraseMatcher(self._blank.vocab)
        for entity, value, name in names:
            plain = words(name)
            if plain:
                self._matcher.add(f"{entity}\t{value}", [Doc(self._blank.vocab, words=plain)])

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Return the settings: there are none."""
        return {}

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "PlaceMatcher":
        """Return a component that knows no names yet."""
        return cls(model_storage, resource, [], [], [])

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "PlaceMatcher":
        """Return the component with the names it was trained with, and the services that the app knows now."""
        with model_storage.read_from(resource) as folder:
            data = json.loads((folder / "names.json").read_text(encoding="utf-8"))
        names = data["names"] + list(_services())
        return cls(model_storage, resource, names, data["offers"], data["circumstances"])

    def train(self, training_data: TrainingData) -> Resource:
        """Read every language's names and phrases."""
        known = read_names()
        data = {
            "names": sorted(set(known.entries)),
            "offers": read_offers(FOLDER),
            "circumstances": sorted(set(known.circumstances)),
        }
        with self._storage.write_to(self._resource) as folder:
            (folder / "names.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Add an entity for every name, the longest where names overlap."""
        for message in messages:
            plain = words(message.get(TEXT) or "")[:LONGEST]
            spelt = words(message.get(SPELT) or "")[:LONGEST]
            entities = list(message.get(ENTITIES) or []) + self._found_in(plain, spelt or plain)
            message.set(ENTITIES, entities, add_to_output=True)
        return messages

    def _found_in(self, plain: List[Text], spelt: List[Text]) -> List[Dict[Text, Any]]:
        if not plain:
            return []
        spans = filter_spans(self._matcher(Doc(self._blank.vocab, words=plain), as_spans=True))
        found = [span.label_.split("\t") for span in spans]
        for entity, phrases in self._phrases.items():
            codes = phrases.found_in(spelt) + ([] if spelt == plain else phrases.found_in(plain))
            found += [[entity, code] for code in dict.fromkeys(codes)]
        return [{"entity": entity, "value": value, "extractor": "PlaceMatcher"} for entity, value in found]


def _services() -> Iterator[List[Text]]:
    path = Path(os.environ.get("VENTANILLA_HOME", "var")) / "gazetteer" / "services.jsonl"
    if not path.exists():
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            for name in entry["names"]:
                yield ["service", str(entry["id"]), str(name)]

"""What a message is about: topics, acts, circumstances and danger, all from one set of labels."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.importer import examples_of
from nlu.components.language import SPELT
from nlu.components.meaning import Meaning, MeaningModel
from nlu.components.names import read_names

INTENTS_KEPT = 5


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class NeedClassifier(GraphComponent):
    """Sets intent, intent_ranking, topics, acts, circumstances, safety, and an entity for each topic and so on."""

    def __init__(self, storage: ModelStorage, resource: Resource, model: MeaningModel) -> None:
        """Keep the trained model and where it is saved."""
        self._storage = storage
        self._resource = resource
        self._model = model

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
    ) -> "NeedClassifier":
        """Return an untrained component."""
        return cls(model_storage, resource, MeaningModel())

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "NeedClassifier":
        """Return the component as trained."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, MeaningModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from all languages' examples."""
        self._model.train(examples_of(training_data), read_names().latin)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Say what each message means; many at once cost less each."""
        texts = [message.get(SPELT) or message.get(TEXT) or "" for message in messages]
        languages = [(message.get("language") or {}).get("code") for message in messages]
        offers = [_values(message.get(ENTITIES) or [], "offer") for message in messages]
        for message, meaning in zip(messages, self._model.understand(texts, languages, offers), strict=True):
            _write(message, meaning)
        return messages


def _write(message: Message, meaning: Meaning) -> None:
    found = list(message.get(ENTITIES) or [])
    if not any(act == "details" or act.startswith("ask_") for act in meaning.acts):
        # "The first one" is about an answer shown before; "first aid" is not.
        found = [entity for entity in found if entity["entity"] != "ordinal"]
    spoken_of = dict.fromkeys([*_values(found, "circumstance"), *meaning.circumstances])
    found = [entity for entity in found if entity["entity"] != "circumstance"]
    circumstances = _with_languages(list(spoken_of), found, meaning.acts)
    named = [("topic", code, sure) for code, sure in meaning.topics]
    named += [("circumstance", code, 1.0) for code in circumstances]
    named += [("act", code, 1.0) for code in meaning.acts]
    found += [
        {"entity": name, "value": value, "confidence_entity": sure, "extractor": "NeedClassifier"}
        for name, value, sure in named
    ]
    ranking = [{"name": name, "confidence": sure} for name, sure in meaning.intents[:INTENTS_KEPT]]
    message.set(ENTITIES, found, add_to_output=True)
    message.set(INTENT, ranking[0], add_to_output=True)
    message.set("intent_ranking", ranking, add_to_output=True)
    message.set("topics", [{"topic": code, "confidence": sure} for code, sure in meaning.topics], add_to_output=True)
    message.set("acts", list(meaning.acts), add_to_output=True)
    message.set("circumstances", circumstances, add_to_output=True)
    # Rasa leaves out what is None.
    message.set("safety", meaning.safety, add_to_output=True)


def _values(entities: Sequence[Dict[Text, Any]], name: Text) -> List[Text]:
    return [entity["value"] for entity in entities if entity["entity"] == name]


def _with_languages(codes: Sequence[Text], entities: Sequence[Dict[Text, Any]], acts: Sequence[Text]) -> List[Text]:
    named = dict.fromkeys(entity["value"] for entity in entities if entity["entity"] == "language")
    result = [code for code in codes if code != "language"]
    # A language alone is no wish for staff who speak it: "a German course".
    if ("language" in codes or "ask_languages" in acts) and "change_language" not in acts:
        result += [f"language:{code}" for code in named]
    return result

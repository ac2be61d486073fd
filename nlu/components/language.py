"""Which language a message is in, and whether that is reason to change the language of the talk."""

from __future__ import annotations

from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.importer import examples_of
from nlu.components.tongues import Tongues


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=True)
class LanguageIdentifier(GraphComponent):
    """Sets ``language``: {"code", "confidence", "evidence": text|conversation|hint|default, "detected"}."""

    def __init__(
        self, config: Dict[Text, Any], storage: ModelStorage, resource: Resource, tongues: Tongues
    ) -> None:
        """Keep the settings and the trained part."""
        self._config = config
        self._storage = storage
        self._resource = resource
        self._tongues = tongues

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Return the settings: ``others``, languages to recognise beside those with examples; ``default``."""
        return {"others": [], "default": "en"}

    @classmethod
    def create(
        cls, config: Dict[Text, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> "LanguageIdentifier":
        """Return an untrained component."""
        return cls(config, model_storage, resource, Tongues())

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "LanguageIdentifier":
        """Return the component as trained."""
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, Tongues.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the n-grams of each language."""
        self._tongues.train(examples_of(training_data), self._config["others"])
        with self._storage.write_to(self._resource) as folder:
            self._tongues.save(folder)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Settle each message's language from its text, the conversation and the channel's hint."""
        for message in messages:
            known = message.get("metadata") or {}
            settled = self._tongues.settle(
                message.get(TEXT) or "", known.get("language"), known.get("hint"), self._config["default"]
            )
            message.set("language", settled, add_to_output=True)
        return messages

"""Which language a message is in, and whether that is reason to change the language of the talk."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.evidence import Evidence
from nlu.components.importer import examples_of
from nlu.components.names import read_names
from nlu.components.spelling import Latin
from nlu.components.tongues import Tongues
from nlu.components.words import words

# The message in the letters of its language, for the components that follow.
SPELT = "spelt"


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=True)
class LanguageIdentifier(GraphComponent):
    """Sets ``language``: {"code", "confidence", "evidence": text|conversation|hint|default, "detected"}."""

    def __init__(
        self,
        config: Dict[Text, Any],
        storage: ModelStorage,
        resource: Resource,
        tongues: Tongues,
        greetings: Dict[Text, List[Text]],
        latin: Latin,
    ) -> None:
        """Keep the settings and the trained parts."""
        self._config = config
        self._storage = storage
        self._resource = resource
        self._tongues = tongues
        self._greetings = greetings
        self._latin = latin

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Return the settings: ``others``, languages to recognise beside those with examples; ``default``."""
        return {"others": {}, "default": "en"}

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "LanguageIdentifier":
        """Return an untrained component."""
        return cls(config, model_storage, resource, Tongues(), {}, Latin())

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
            greetings = json.loads((folder / "greetings.json").read_text(encoding="utf-8"))
            latin = Latin(json.loads((folder / "latin.json").read_text(encoding="utf-8")))
            return cls(config, model_storage, resource, Tongues.load(folder / "tongues.json"), greetings, latin)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the n-grams of each language."""
        names = read_names()
        proper = [name for entity, _, name in names.entries if entity in ("territory", "language")]
        self._tongues = Tongues.learn(examples_of(training_data), self._config["others"], proper, names.latin)
        self._greetings, self._latin = names.greetings, names.latin
        with self._storage.write_to(self._resource) as folder:
            self._tongues.save(folder / "tongues.json")
            for name, data in (("greetings", self._greetings), ("latin", self._latin.letters)):
                (folder / f"{name}.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Settle each message's language from its text, the conversation and the channel's hint."""
        for message in messages:
            known = message.get("metadata") or {}
            text = message.get(TEXT) or ""
            plain = words(text)
            evidence = Evidence(
                known.get("language"),
                known.get("hint"),
                int(known.get("turn") or 0),
                self._config["default"],
                self._greetings,
            )
            settled = evidence.settle(plain, self._tongues.telling(plain), self._tongues.guess(text))
            message.set("language", settled, add_to_output=True)
            message.set(SPELT, self._latin.read(text, str(settled["code"])))
        return messages

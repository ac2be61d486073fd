"""Which language the talk goes on in: the message's own, unless it says too little; then what was known before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, List, Optional, Sequence, Text, Tuple

# From so many telling words on, a message alone can change the language of a talk.
FULL_SENTENCE = 3
SURE, SURE_OF_FEW = 0.8, 0.9
# How much likelier the language of the talk is than any other before a word is read.
KNOWN_BEFORE, HINTED = 4.0, 2.0
LIKELIER = 0.35
UNKNOWN_CONFIDENCE = 0.5


@dataclass
class Evidence:
    """What is known around one message; ``greetings`` maps folded greetings to the languages that use them."""

    conversation: Optional[Text] = None
    hint: Optional[Text] = None
    turn: int = 1
    default: Text = "en"
    greetings: Dict[Text, List[Text]] = field(default_factory=dict)

    def settle(
        self, plain: Sequence[Text], telling: Sequence[Text], guesses: Sequence[Tuple[Text, float]]
    ) -> Dict[Text, object]:
        """Return {"code", "confidence", "evidence", "detected"} for a message.

        Args:
            plain: its words, folded; telling: those that say something about the language;
            guesses: its likeliest languages with probabilities, best first.
        """
        detected, sure = self._best(guesses)
        if detected is not None and len(telling) >= FULL_SENTENCE and sure >= SURE:
            return _settled(detected, sure, "text", detected)
        opening = self.turn <= 1 or not self.conversation
        greeted = self.greetings.get(" ".join(plain), [])
        if opening and len(greeted) == 1:
            return _settled(greeted[0], SURE_OF_FEW, "text", greeted[0])
        shared = len(greeted) > 1
        # With nothing else known the likelier language is better than the default.
        enough = SURE_OF_FEW if self.conversation or self.hint else LIKELIER
        if opening and not shared and telling and detected is not None and sure >= enough:
            return _settled(detected, sure, "text", detected)
        # A word or two, or an unclear sentence: detected stays unknown so that nobody builds on it.
        likely = detected if telling and not shared and sure >= SURE else None
        before = ((self.conversation, "conversation"), (self.hint, "hint"), (self.default, "default"))
        code, evidence = next((code, name) for code, name in before if code)
        return _settled(str(code), sure if likely == code else UNKNOWN_CONFIDENCE, evidence, likely)

    def _best(self, guesses: Sequence[Tuple[Text, float]]) -> Tuple[Optional[Text], float]:
        weighted = {
            code: chance * (KNOWN_BEFORE if code == self.conversation else HINTED if code == self.hint else 1.0)
            for code, chance in guesses
        }
        if not weighted:
            return None, 0.0
        best = max(weighted, key=lambda code: weighted[code])
        return best, weighted[best] / sum(weighted.values())


def _settled(code: Text, sure: float, evidence: Text, detected: Optional[Text]) -> Dict[Text, object]:
    return {"code": code, "confidence": round(float(sure), 4), "evidence": evidence, "detected": detected}

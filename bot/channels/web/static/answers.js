// What can be done with an answer: have it read aloud, keep a service, tell whether it is right.

import { createFeedback } from "./feedback.js";
import { createFiles } from "./files.js";
import { createKeeping, isService } from "./keeping.js";
import { createSpeech, spokenCard } from "./speech.js";

export function createAnswers({ page, storage, notice, load }) {
  const speech = createSpeech({ page });
  const keeping = createKeeping({ page, notice });
  const files = createFiles({ load, failed: (error) => notice.say(error.message || page.texts.problem) });
  const feedback = createFeedback({ page, storage });

  function equip(made, message) {
    files.equip(made, message.files);
    if (message.from === "newcomer") return;
    const text = made.querySelector(":scope > .said");
    if (text) speech.offer(text, message.language, () => [{ text: message.text, language: message.language }]);
    const cards = message.cards || [];
    made.querySelectorAll(".card").forEach((drawn, place) => {
      const one = cards[place];
      speech.offer(drawn.querySelector(".head"), one.language, () => spokenCard(one));
      if (!isService(one)) return;
      keeping.offer(drawn, one);
      feedback.offer(drawn, one.id);
    });
    if (cards.filter(({ kind }) => kind === "step").length > 1) keeping.offerPlan(made);
  }

  return { equip, press: feedback.press, stop: speech.stop };
}

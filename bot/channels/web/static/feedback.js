// "Is this right?" under each service. What was said shows as given; pressed again, it can be changed.

import { choice, element, icon } from "./element.js";

export function createFeedback({ storage, page }) {
  const given = () => storage.get("given") || {};

  function draw(box, service) {
    const { texts } = page;
    const told = given()[service];
    const kinds = ["right", ...page.problems];
    box.classList.toggle("told", kinds.includes(told));
    const label = element("p", { "data-text": told ? "feedback_given" : "feedback_question" });
    label.textContent = texts[label.dataset.text];
    if (told) {
      const mark = choice(`${told}:${service}`, icon("open"), words(told, `choice.${told}`));
      mark.setAttribute("aria-pressed", "true");
      box.replaceChildren(label, mark);
      return;
    }
    const list = page.problems.map((kind) => element("li", {}, choice(`${kind}:${service}`, words(kind, `choice.${kind}`))));
    const no = element("summary", {}, words("no", "choice.no"));
    box.replaceChildren(
      label,
      choice(`right:${service}`, words("yes", "choice.yes")),
      element("details", {}, no, element("ul", { class: "choices" }, ...list)),
    );
  }

  const words = (kind, text) => element("span", { "data-text": text }, page.texts[text]);

  return {
    offer(made, service) {
      const box = element("div", { class: "feedback", "data-service": service });
      draw(box, service);
      made.append(box);
    },
    // Returns what is to be sent; nothing when a word that was given is taken up again.
    press(button) {
      const box = button.closest(".feedback");
      const { service } = box.dataset;
      const kind = button.value.split(":")[0];
      const again = box.classList.contains("told");
      storage.set("given", { ...given(), [service]: again ? undefined : kind });
      for (const each of document.querySelectorAll(`.feedback[data-service="${CSS.escape(service)}"]`)) draw(each, service);
      box.querySelector("button").focus();
      return again ? null : { choice: button.value, label: page.texts[`choice.${kind}`] };
    },
  };
}

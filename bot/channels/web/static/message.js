// One message as elements; templates/_parts.html does the same.

import { renderCard } from "./card.js";
import { choices, element, icon, word } from "./element.js";
import { renderFiles } from "./files.js";

export function renderMessage(message, texts) {
  const who = { newcomer: "you", caseworker: "caseworker" }[message.from] || "bot";
  const made = element("article", { class: `message ${message.from}`, lang: message.language, dir: message.dir });
  // A person and a machine must not be mistaken for each other, neither by eye nor by ear.
  const person = who === "caseworker";
  const name = person && message.author ? [element("bdi", {}, message.author), " · "] : [];
  const words = element("span", {}, ...name, word(who, texts));
  made.append(element("p", { class: person ? "who" : "who hidden" }, person && icon("contact"), words));
  if (message.text) {
    const text = element("p", { class: "text", dir: "auto" }, message.text);
    made.append(element("div", { class: "said" }, text));
  }
  const files = renderFiles(message.files, texts, message.language);
  if (files) made.append(files);
  for (const each of message.cards || []) made.append(renderCard(each, texts));
  const offered = choices(message.choices);
  if (offered) made.append(offered);
  return made;
}

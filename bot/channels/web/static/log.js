// The list of messages. What is not yet sent stays below all that is.

import { element } from "./element.js";
import { renderMessage } from "./message.js";

const HUSHED = 1500;

export function createLog({ list, page, made: whenMade = () => {} }) {
  const shown = new Map();
  let outdated = false;
  let hushed;

  function clear() {
    outdated = false;
    shown.clear();
    list.replaceChildren();
  }

  function show(message) {
    if (outdated) clear();
    const own = message.client_id && shown.get(message.client_id);
    if (own && !message.pending && !message.files) {
      shown.set(message.id, own);
      settle(own);
      const text = own.querySelector(".text");
      if (text && text.textContent !== message.text) text.textContent = message.text;
      put(own);
      return own;
    }
    const made = renderMessage(message, page.texts);
    whenMade(made, message);
    // What was named while it was on its way is there now.
    if (own) own.replaceWith(made);
    if (message.pending) made.classList.add("unsent");
    if (message.id) shown.set(message.id, made);
    if (message.client_id) shown.set(message.client_id, made);
    put(made);
    return made;
  }

  // Nothing moves that stands right already, so focus is kept.
  function put(made) {
    const waiting = list.querySelector(".unsent");
    if (made.classList.contains("unsent") || !waiting) {
      if (made.parentNode !== list) list.append(made);
    } else if (made.compareDocumentPosition(waiting) & Node.DOCUMENT_POSITION_PRECEDING || !made.parentNode) {
      list.insertBefore(made, waiting);
    }
  }

  function settle(made) {
    made.classList.remove("unsent", "pending", "failed");
    made.querySelector(".fate")?.remove();
  }

  return {
    clear,
    show,
    settle,
    has: (id) => !outdated && shown.has(id),
    get: (id) => shown.get(id),
    asked: () => !outdated && Boolean(list.querySelector(".newcomer")),
    // A history that comes back, or words that change their language, are no news for a screen reader.
    hush() {
      list.setAttribute("aria-busy", "true");
      clearTimeout(hushed);
      hushed = setTimeout(() => list.removeAttribute("aria-busy"), HUSHED);
    },
    // What the server drew stays in view until the conversation itself arrives.
    outdate() { outdated = true; },
    // The greeting that stands there already is the first message of the conversation just opened.
    adopt(id) {
      const greeting = list.querySelector(".greeting");
      if (!greeting || outdated) return;
      greeting.classList.remove("greeting");
      shown.set(id, greeting);
    },
    greet(message) { show(message).classList.add("greeting"); },
    fate(made, name, text) {
      made.classList.remove("unsent", "pending");
      if (name === "pending") made.classList.add("unsent");
      made.classList.add(name);
      made.querySelector(".fate")?.remove();
      made.append(element("p", { class: "fate" }, text));
    },
  };
}

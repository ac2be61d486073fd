// The page without network: shows the last answers again, and tries anew when the network is back.

import { element } from "./element.js";
import { renderMessage } from "./message.js";
import { createSeen } from "./seen.js";

const page = JSON.parse(document.getElementById("page-data").textContent);
const list = document.querySelector(".seen");
const answers = createSeen(page.territory).all();

const time = new Intl.DateTimeFormat(page.language, { dateStyle: "long", timeStyle: "short" });

// "Open now" was true when it was said: each answer tells when that was.
for (const message of answers) {
  const when = element("time", { class: "when", datetime: message.at }, time.format(new Date(message.at)));
  list.append(when, renderMessage({ ...message, choices: [] }, page.texts));
}
document.querySelector(".had").hidden = !answers.length;
window.addEventListener("online", () => location.replace(page.address));

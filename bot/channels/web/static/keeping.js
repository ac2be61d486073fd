// What can be kept of a service: as a contact, in the calendar, copied, shared, on paper. Links work without a script.

import { element, icon, word } from "./element.js";
import { printOnly } from "./paper.js";

const OPENS = ["open", "closed"];

export const isService = ({ id, kind }) => kind !== "emergency" && !id.includes(":");

export function createKeeping({ page, notice }) {
  const file = (service, kind, name, mark) => {
    const href = `/chat/${page.territory}/services/${encodeURIComponent(service)}.${kind}?language=${page.language}`;
    return element("li", {}, element("a", { href }, icon(mark), word(name, page.texts)));
  };

  const button = (name, mark, act) => {
    const made = element("button", { type: "button" }, icon(mark), word(name, page.texts));
    made.addEventListener("click", act);
    return element("li", {}, made);
  };

  async function copy(text) {
    await navigator.clipboard.writeText(text);
    notice.say(page.texts.copied);
  }

  // Closing the phone's own sheet is no failure.
  const share = (one) =>
    navigator.share ? navigator.share({ title: one.title, text: asText(one) }).catch(() => {}) : copy(asText(one));

  return {
    offer(made, one) {
      const { facts = [], links = [] } = one;
      const address = facts.find(({ kind }) => kind === "address");
      const items = [];
      const reachable = address || links.some(({ kind }) => kind === "call" || kind === "mail");
      if (page.saves && reachable) items.push(file(one.id, "vcf", "contact", "contact"));
      if (page.saves && facts.some(({ kind, state }) => kind === "hours" && OPENS.includes(state))) {
        items.push(file(one.id, "ics", "calendar", "calendar"));
      }
      if (navigator.clipboard && address) items.push(button("copy_address", "copy", () => copy(plain(address.value))));
      if (navigator.share || navigator.clipboard) items.push(button("share", "share", () => share(one)));
      items.push(button("print", "print", () => printOnly(made)));
      const summary = element("summary", {}, icon("keep"), word("keep", page.texts));
      const list = element("ul", { class: "links" }, ...items);
      made.querySelector(".more").append(element("details", { class: "keep" }, summary, list));
    },
    offerPlan(made) {
      const act = element("button", { type: "button", class: "plan" }, icon("print"), word("print_plan", page.texts));
      act.addEventListener("click", () => printOnly(made));
      made.append(act);
    },
  };
}

// Isolates keep digits in order on this page; elsewhere they would be odd signs.
const plain = (text) => text.replace(/[\u2066-\u2069]/g, "");

function asText({ title, subtitle, facts = [], links = [] }) {
  const lines = facts.map(({ label, value }) => `${label}: ${value}`);
  const ways = links.map(({ kind, label, href }) => (kind === "call" ? label : kind === "web" || kind === "map" ? href : null));
  return plain([title, subtitle, ...lines, ...ways].filter(Boolean).join("\n"));
}

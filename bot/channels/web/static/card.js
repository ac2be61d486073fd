// One card: a service, an emergency number or a first step; templates/_parts.html does the same.

import { choices, element, icon, isolated, safe, word } from "./element.js";

const ICONS = { call: "phone", map: "pin", web: "globe", mail: "mail", book: "calendar" };
const STATES = { open: "open", closed: "closed", appointment: "calendar", unknown: "unknown" };

export function renderCard(one, texts) {
  const made = element("section", { class: `card ${one.kind || "service"}`, lang: one.language });
  const add = (child) => child && made.append(child);
  const title = element("h2", {}, isolated(one.title, one.title_language, one.language));
  add(element("div", { class: "head" }, title));
  add(one.subtitle && element("p", { class: "subtitle" }, element("bdi", {}, one.subtitle)));
  add(one.alert && element("p", { class: "alert" }, icon("alert"), element("bdi", {}, one.alert)));
  add(one.summary && element("p", { class: "summary", dir: "auto", lang: one.summary_language }, one.summary));
  const facts = (one.facts || []).map((each, place, list) => fact(each, list[place - 1], one.language));
  add(facts.length && element("dl", {}, ...facts));
  const links = (one.links || []).map((each) => link(each, texts)).filter(Boolean);
  add(links.length && element("ul", { class: "links" }, ...links));
  if (one.freshness_text) {
    const mark = icon(one.freshness === "confirmed" ? "confirmed" : "unknown");
    add(element("p", { class: `freshness ${one.freshness}` }, mark, one.freshness_text));
  }
  add(sources(one.sources, texts));
  // Everything else that can be done with it stands in one row.
  add(element("div", { class: "more" }, choices(one.choices)));
  return made;
}

function fact({ kind, label, value, state, language }, before, outer) {
  const name = before?.label === label ? element("span", { class: "hidden" }, label) : label;
  const value_ = element("dd", { class: state ? `state ${state}` : null });
  if (STATES[state]) value_.append(icon(STATES[state]));
  value_.append(isolated(value, language, outer));
  return element("div", { class: `fact ${kind}` }, element("dt", {}, name), value_);
}

function link({ kind, label, href }, texts) {
  const url = safe(href);
  if (!url) return null;
  const elsewhere = url.protocol.startsWith("http");
  const words = element("span", {}, element("bdi", {}, label));
  if (elsewhere) words.append(element("span", { class: "hidden" }, ", ", word("elsewhere", texts)));
  const attributes = { class: kind, href, ...(elsewhere && { target: "_blank", rel: "noopener noreferrer" }) };
  return element("li", {}, element("a", attributes, icon(ICONS[kind] || "globe"), words));
}

function sources(list, texts) {
  if (!list?.length) return null;
  const items = list.map((address) => {
    const url = safe(address);
    const label = element("bdi", {}, url ? url.hostname.replace(/^www\./, "") : address);
    const shown = url ? element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, label) : label;
    return element("li", {}, shown);
  });
  const heading = element("summary", { "data-text": "sources" }, texts.sources);
  return element("details", { class: "sources" }, heading, element("ul", {}, ...items));
}

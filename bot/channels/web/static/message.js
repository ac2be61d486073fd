// One message as elements. Whatever anyone wrote becomes text nodes, never markup; templates/_parts.html does the same.

const ICONS = { call: "phone", map: "pin", web: "globe", mail: "mail", book: "calendar" };
const STATES = { open: "open", closed: "closed", appointment: "calendar", unknown: "unknown" };
const SCHEMES = ["http:", "https:", "tel:", "mailto:"];
const SVG = "http://www.w3.org/2000/svg";

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

const isolated = (text, language, outer) =>
  element("bdi", { lang: language && language !== outer ? language : null }, text);

function safe(href) {
  try {
    const url = new URL(href);
    return SCHEMES.includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

function choices(list) {
  if (!list?.length) return null;
  const buttons = list.map(({ label, value }) =>
    element("li", {}, element("button", { type: "button", "data-choice": value }, label)),
  );
  return element("ul", { class: "choices" }, ...buttons);
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

const word = (name, texts) => element("span", { "data-text": name }, texts[name]);

function fact({ kind, label, value, state, language }, before, outer) {
  const name = before?.label === label ? element("span", { class: "hidden" }, label) : label;
  const value_ = element("dd", { class: state ? `state ${state}` : null });
  if (STATES[state]) value_.append(icon(STATES[state]));
  value_.append(isolated(value, language, outer));
  return element("div", { class: `fact ${kind}` }, element("dt", {}, name), value_);
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

function card(one, texts) {
  const made = element("section", { class: `card ${one.kind || "service"}`, lang: one.language });
  const add = (child) => child && made.append(child);
  add(element("h2", {}, isolated(one.title, one.title_language, one.language)));
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
  add(choices(one.choices));
  return made;
}

export function renderMessage(message, texts) {
  const who = { newcomer: "you", caseworker: "caseworker" }[message.from] || "bot";
  const made = element("article", { class: `message ${message.from}`, lang: message.language, dir: message.dir });
  made.append(element("p", { class: who === "caseworker" ? "who" : "who hidden" }, word(who, texts)));
  if (message.text) made.append(element("p", { class: "text", dir: "auto" }, message.text));
  for (const each of message.cards || []) made.append(card(each, texts));
  const offered = choices(message.choices);
  if (offered) made.append(offered);
  return made;
}

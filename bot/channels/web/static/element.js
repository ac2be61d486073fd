// Elements from text: whatever anyone wrote becomes text nodes, never markup. templates/_parts.html does the same.

const SCHEMES = ["http:", "https:", "tel:", "mailto:"];
const SVG = "http://www.w3.org/2000/svg";

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
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

// A word of the page: it changes with the page's language.
export const word = (name, texts) => element("span", { "data-text": name }, texts[name]);

export const isolated = (text, language, outer) =>
  element("bdi", { lang: language && language !== outer ? language : null }, text);

export function safe(href) {
  try {
    const url = new URL(href);
    return SCHEMES.includes(url.protocol) ? url : null;
  } catch {
    return null;
  }
}

// A button that sends a choice: with and without JavaScript it is a button of the one form.
export const choice = (value, ...label) =>
  element("button", { type: "submit", name: "choice", value, form: "composer", formnovalidate: "" }, ...label);

export function choices(list) {
  if (!list?.length) return null;
  return element("ul", { class: "choices" }, ...list.map(({ label, value }) => element("li", {}, choice(value, label))));
}

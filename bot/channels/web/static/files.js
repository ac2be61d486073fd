// Files of a message. A conversation's own are fetched with its key: pictures are shown small, all others are saved.

import { element, icon } from "./element.js";

const PICTURES = ["image/jpeg", "image/png", "image/webp", "image/gif"];
const KINDS = ["photo", "voice", "audio", "video", "document", "sticker", "location", "contact"];

export function renderFiles(list, texts, language) {
  if (!list?.length) return null;
  return element("ul", { class: "files" }, ...list.map((file) => element("li", {}, draw(file, texts, language))));
}

function draw({ kind, url, name, size, latitude, longitude }, texts, language) {
  const text = texts[`file_${KINDS.includes(kind) ? kind : "other"}`];
  if (latitude !== undefined) {
    const href = `https://www.openstreetmap.org/#map=17/${Number(latitude)}/${Number(longitude)}`;
    return element("a", { href, target: "_blank", rel: "noopener noreferrer" }, icon("pin"), text);
  }
  if (!url) return element("span", { class: "gone" }, icon("file"), name || text);
  const shown = new Intl.NumberFormat(language, { style: "unit", unit: "kilobyte", maximumFractionDigits: 0 }).format(size / 1000);
  const words = element("span", {}, element("bdi", {}, name), " ", element("span", { class: "size" }, shown));
  return element("button", { type: "button", "data-kind": text }, icon("file"), words);
}

export function createFiles({ load, failed }) {
  async function take(url, type) {
    const content = await load(url);
    return URL.createObjectURL(new Blob([await content.arrayBuffer()], { type }));
  }

  // Never opened as a page of ours, whatever is in it: only saved.
  async function save(url, name) {
    const href = await take(url, "application/octet-stream");
    element("a", { href, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60000);
  }

  async function show(button, { url, media_type: type, name }) {
    const src = await take(url, type);
    const picture = element("img", { src, alt: button.dataset.kind });
    const link = element("a", { href: src, download: name }, picture, button.lastElementChild);
    button.replaceWith(link);
  }

  return {
    equip(made, list) {
      const files = (list || []).filter(({ url }) => url);
      made.querySelectorAll(".files button").forEach((button, place) => {
        const file = files[place];
        button.addEventListener("click", () => save(file.url, file.name).catch(failed));
        if (PICTURES.includes(file.media_type)) show(button, file).catch(() => {});
      });
    },
  };
}

// "Save my conversation": everything that is stored of it, as a file. Without a script the link does it by itself.

import { element } from "./element.js";

export function createSaving({ links, load, failed }) {
  async function save({ download }) {
    const href = URL.createObjectURL(await load());
    element("a", { href, download }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60000);
  }

  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      save(link).catch(failed);
    });
  }

  return { offer(is) { for (const link of links) link.hidden = !is; } };
}

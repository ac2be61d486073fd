// "Marta is writing": shown while it lasts; read aloud when it begins, and not again for a minute.

const AGAIN = 60000;
const READ = 5000;

export function createWriting({ line, aside, page }) {
  let spoken = -Infinity;

  return (name) => {
    line.hidden = name === null;
    if (name === null) return;
    const text = page.texts.writing.replace("{name}", () => `\u2068${name}\u2069`);
    line.lastElementChild.textContent = text;
    if (performance.now() - spoken < AGAIN) return;
    spoken = performance.now();
    aside.textContent = text;
    setTimeout(() => { aside.textContent = ""; }, READ);
  };
}

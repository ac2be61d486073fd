// Paper: the browser prints, or saves as PDF, one part of the conversation.

export function printOnly(part) {
  const all = document.documentElement;
  const done = () => {
    part.classList.remove("printed");
    all.classList.remove("prints-part");
  };
  part.classList.add("printed");
  all.classList.add("prints-part");
  window.addEventListener("afterprint", done, { once: true });
  window.print();
}

// The line at the end of the paper: where from, and when.
export function fillPaper(line, page) {
  window.addEventListener("beforeprint", () => {
    const date = new Intl.DateTimeFormat(page.language, { dateStyle: "long" }).format(new Date());
    line.textContent = page.texts.printed.replace("{date}", date);
  });
}

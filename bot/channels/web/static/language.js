// The language of the page: chosen in the menu, or that of the answers.

const KINDS = {
  text: (one, text) => { one.textContent = text; },
  label: (one, text) => one.setAttribute("aria-label", text),
  title: (one, text) => one.setAttribute("title", text),
  placeholder: (one, text) => one.setAttribute("placeholder", text),
};

export function createLanguages({ page, menu, chosen, changing, changed, failed }) {
  let wanted = null;
  let timer;
  const summary = menu.querySelector("summary");
  const entry = (language) => menu.querySelector(`[data-language="${CSS.escape(language)}"]`);

  async function load(language) {
    const response = await fetch(`/chat/${page.territory}/texts?language=${encodeURIComponent(language)}`, { credentials: "omit" });
    if (!response.ok) throw new Error(response.status);
    return response.json();
  }

  async function relabel(language) {
    let found;
    try {
      found = await load(language);
    } catch {
      failed();
      return false;
    }
    changing();
    Object.assign(page, { texts: found.texts, language: found.language, welcome: found.welcome });
    Object.assign(document.documentElement, { lang: found.language, dir: found.dir });
    for (const one of document.querySelectorAll("[data-territory]")) one.textContent = found.territory;
    for (const [kind, set] of Object.entries(KINDS)) {
      for (const one of document.querySelectorAll(`[data-${kind}]`)) {
        const text = found.texts[one.dataset[kind]];
        if (!text) continue;
        set(one, text);
        // Inside a message of another language, a word of the page has a language of its own.
        if (one.closest(".message")) one.lang = found.language;
      }
    }
    mark(found.language);
    changed();
    return true;
  }

  function mark(language) {
    const link = entry(language);
    menu.querySelector("[aria-current]")?.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    const current = menu.querySelector("[data-current]");
    current.textContent = link.textContent;
    current.lang = language;
    const address = new URL(location.href);
    address.searchParams.set("language", language);
    history.replaceState(null, "", address);
  }

  async function choose(link) {
    const { language } = link.dataset;
    close();
    if (language === page.language || !(await relabel(language))) return;
    wanted = language;
    chosen(language, link.textContent);
  }

  function close() {
    menu.open = false;
    summary.focus();
  }

  menu.addEventListener("click", (event) => {
    const link = event.target.closest("[data-language]");
    if (!link) return;
    event.preventDefault();
    choose(link);
  });
  document.addEventListener("click", (event) => {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) close();
  });

  return {
    // An answer that was on its way when the newcomer chose must not turn the page back.
    follow({ language }) {
      if (wanted) {
        if (language === wanted) wanted = null;
      } else if (entry(language)) {
        // Of a whole history that arrives at once, the last counts.
        clearTimeout(timer);
        timer = setTimeout(() => { if (language !== page.language) relabel(language); }, 100);
      }
    },
    written() { wanted = null; },
  };
}

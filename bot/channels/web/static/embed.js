// Ventanilla on a city's own site: a button that opens the chat in a panel. One script, nothing else:
//   <script src="https://…/chat/embed.js" data-territory="turin" data-language="it" defer></script>
// The chat itself stays in a frame of our origin: the site's scripts cannot read what people write there.
(() => {
  const WORDS = /*words*/ {};
  const NAME = "ventanilla-embed";
  const WITHIN = 1500;
  const script = document.currentScript;
  const origin = new URL(script.src).origin;
  const { territory, language = document.documentElement.lang } = script.dataset;
  const code = [language, language.split("-")[0]].find((one) => WORDS[one]) || /*default*/ "en";
  const [open, close, problem, dir] = WORDS[code];
  const address = `${origin}/chat/${encodeURIComponent(territory)}?language=${code}`;

  const STYLE = `
    * { box-sizing: border-box; font: 600 16px/1.3 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
    button { min-block-size: 48px; min-inline-size: 48px; margin: 0; border: 2px solid #fff; cursor: pointer; background: #0b5563; color: #fff; }
    button:focus-visible, a:focus-visible { outline: 3px solid #0b5563; outline-offset: 2px; box-shadow: 0 0 0 3px #fff; }
    .bar button:focus-visible { outline-color: #fff; outline-offset: -5px; box-shadow: none; }
    .open { position: fixed; z-index: 2147483000; inset-block-end: max(16px, env(safe-area-inset-bottom)); inset-inline-end: 16px;
      display: flex; align-items: center; gap: 8px; max-inline-size: calc(100vw - 32px); padding: 10px 20px; border-radius: 28px;
      box-shadow: 0 4px 16px rgb(0 0 0 / 30%); }
    svg { flex: none; inline-size: 24px; block-size: 24px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
    dialog { position: fixed; z-index: 2147483000; inset: auto 16px 16px auto; inline-size: min(420px, 100vw - 32px); block-size: min(720px, 100vh - 32px);
      max-inline-size: none; max-block-size: none; margin: 0; padding: 0; border: 0; overflow: hidden; border-radius: 16px;
      background: Canvas; color-scheme: light dark; box-shadow: 0 8px 40px rgb(0 0 0 / 35%); }
    dialog[dir="rtl"] { inset: auto auto 16px 16px; }
    dialog[open] { display: flex; flex-direction: column; }
    dialog:modal { inset: 0; inline-size: 100%; block-size: 100vh; block-size: 100dvh; border-radius: 0; }
    .bar { display: flex; flex: none; align-items: center; justify-content: space-between; gap: 8px; padding-inline-start: 16px; background: #0b5563; color: #fff; }
    .bar button { border: 0; }
    iframe { flex: 1; inline-size: 100%; min-block-size: 0; border: 0; }
    a { padding: 12px 16px; color: LinkText; }
    [hidden] { display: none; }
    @media (forced-colors: active) { .open, dialog { border: 2px solid; } .bar { border-block-end: 1px solid; } }
  `;

  function make(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function drawing(path) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  }

  function start() {
    if (document.querySelector(NAME)) return;
    const host = document.createElement(NAME);
    // The site's rules can match this one element only; what is written on it so is stronger than they are.
    for (const [name, value] of [["all", "initial"], ["display", "block"]]) host.style.setProperty(name, value, "important");
    const link = make("a", { href: address, target: "_blank", rel: "noopener", lang: code, dir }, problem);
    document.body.append(host);
    // A sheet made by script is allowed by a policy that forbids inline styles. Without it: a plain link.
    if (!("adoptedStyleSheets" in Document.prototype)) return host.append(link);
    const root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];

    const button = make("button", { type: "button", class: "open", lang: code, dir, "aria-haspopup": "dialog" });
    button.append(drawing("M4 5h16v11H10l-5 4v-4H4z"), make("span", {}, open));
    const closing = make("button", { type: "button", "aria-label": close, title: close }, drawing("M6 6l12 12M18 6 6 18"));
    const panel = make("dialog", { "aria-label": open, lang: code, dir }, make("div", { class: "bar" }, make("span", {}, open), closing));
    const small = matchMedia("(max-width: 600px), (max-height: 420px)");
    let frame;
    let escaped = -Infinity;

    function show() {
      if (!frame) {
        const allow = "clipboard-write; web-share";
        frame = make("iframe", { src: `${address}&embedded=1`, title: open, referrerpolicy: "no-referrer", allow });
        // Where the site's own policy forbids the frame, the link leads there all the same.
        link.hidden = true;
        document.addEventListener("securitypolicyviolation", (event) => {
          if (event.blockedURI.startsWith(origin)) link.hidden = false;
        });
        panel.append(link, frame);
      }
      // On a phone nothing else is in reach; beside a wide page the chat stays open while one reads on.
      if (small.matches) panel.showModal();
      else panel.show();
      button.hidden = true;
      closing.focus();
    }

    function escape() {
      if (panel.open) panel.close();
      // Twice is the quick exit; the frame clears what it keeps and names the page to go to.
      if (performance.now() - escaped < WITHIN) frame?.contentWindow.postMessage({ ventanilla: "leave" }, origin);
      escaped = performance.now();
    }

    button.addEventListener("click", show);
    closing.addEventListener("click", () => panel.close());
    panel.addEventListener("close", () => {
      button.hidden = false;
      button.focus();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && (panel.open || performance.now() - escaped < WITHIN)) escape();
    });
    window.addEventListener("message", (event) => {
      if (event.origin !== origin || event.source !== frame?.contentWindow) return;
      if (event.data?.ventanilla === "escape") escape();
      if (event.data?.ventanilla !== "exit") return;
      const to = new URL(event.data.address);
      if (to.protocol.startsWith("http")) location.replace(to);
    });
    root.append(button, panel);
  }

  if (!territory) console.error("Ventanilla: the script element has no data-territory.");
  else if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();

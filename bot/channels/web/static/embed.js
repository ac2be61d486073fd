// Ventanilla on a city's own site: a button that opens the chat in a panel. One script, nothing else:
//   <script src="https://…/chat/embed.js" data-territory="turin" data-language="it" defer></script>
(() => {
  const WORDS = /*words*/ {};
  const script = document.currentScript;
  const origin = new URL(script.src).origin;
  const { territory, language = document.documentElement.lang.split("-")[0] } = script.dataset;
  const code = WORDS[language] ? language : /*default*/ "en";
  const [open, close, problem, dir] = WORDS[code];
  const address = `${origin}/chat/${encodeURIComponent(territory)}?language=${code}`;

  const STYLE = `
    :host { all: initial; position: fixed; z-index: 2147483000; inset-block-end: 0; inset-inline-end: 0; color-scheme: light dark; }
    * { box-sizing: border-box; font: 600 16px/1.3 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
    button { min-block-size: 48px; min-inline-size: 48px; border: 2px solid #fff; cursor: pointer; background: #0b5563; color: #fff; }
    button:focus-visible, a:focus-visible { outline: 3px solid #0b5563; outline-offset: 2px; box-shadow: 0 0 0 3px #fff; }
    .open { position: fixed; inset-block-end: max(16px, env(safe-area-inset-bottom)); inset-inline-end: 16px; display: flex; align-items: center;
      gap: 8px; padding: 10px 20px; border-radius: 28px; box-shadow: 0 4px 16px rgb(0 0 0 / 30%); }
    svg { inline-size: 24px; block-size: 24px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
    .panel { position: fixed; inset-block-end: 16px; inset-inline-end: 16px; inline-size: min(420px, calc(100vw - 32px));
      block-size: min(720px, calc(100vh - 32px)); display: flex; flex-direction: column; overflow: hidden; border-radius: 16px;
      background: Canvas; box-shadow: 0 8px 40px rgb(0 0 0 / 35%); }
    .bar { display: flex; align-items: center; justify-content: space-between; gap: 8px; padding-inline-start: 16px; background: #0b5563; color: #fff; }
    .bar button { border: 0; border-radius: 0; }
    iframe { flex: 1; inline-size: 100%; border: 0; }
    a { padding: 8px 16px; color: LinkText; }
    [hidden] { display: none !important; }
    @media (max-width: 600px) { .panel { inset: 0; inline-size: 100%; block-size: 100vh; block-size: 100dvh; border-radius: 0; } }
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
    const host = make("div", { lang: code, dir });
    const root = host.attachShadow({ mode: "open" });
    if (root.adoptedStyleSheets) {
      // A sheet made by script is allowed by a policy that forbids inline styles.
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
    } else root.append(make("style", {}, STYLE));

    const button = make("button", { type: "button", class: "open", "aria-expanded": "false", "aria-haspopup": "dialog" });
    button.append(drawing("M4 5h16v11H10l-5 4v-4H4z"), make("span", {}, open));
    const closing = make("button", { type: "button", "aria-label": close, title: close }, drawing("M6 6l12 12M18 6 6 18"));
    const panel = make("div", { class: "panel", role: "dialog", "aria-label": open, hidden: "" });
    panel.append(make("div", { class: "bar" }, make("span", {}, open), closing));
    let frame;

    function show() {
      if (!frame) {
        frame = make("iframe", { src: `${address}&embedded=1`, title: open, referrerpolicy: "no-referrer" });
        // Where the site's own policy forbids the frame, the link leads there all the same.
        const link = make("a", { href: address, target: "_blank", rel: "noopener", hidden: "" }, problem);
        document.addEventListener("securitypolicyviolation", (event) => {
          if (event.blockedURI.startsWith(origin)) link.hidden = false;
        });
        panel.append(link, frame);
      }
      panel.hidden = false;
      button.hidden = true;
      button.setAttribute("aria-expanded", "true");
      closing.focus();
    }

    function hide() {
      panel.hidden = true;
      button.hidden = false;
      button.setAttribute("aria-expanded", "false");
      button.focus();
    }

    button.addEventListener("click", show);
    closing.addEventListener("click", hide);
    panel.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
    window.addEventListener("message", (event) => {
      if (event.origin !== origin || event.source !== frame?.contentWindow || event.data?.ventanilla !== "exit") return;
      const to = new URL(event.data.address);
      if (to.protocol.startsWith("http")) location.replace(to);
    });
    root.append(button, panel);
    document.body.append(host);
  }

  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();

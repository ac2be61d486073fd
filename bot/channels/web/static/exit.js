// The quick exit: by its button, or by Escape twice. Nothing stays on the device, and Back does not lead here.

const WITHIN = 1500;
const OPEN = "details.languages[open], dialog[open]";

export function createExit({ button, address, forget }) {
  const framed = window.parent !== window;
  let escaped = -Infinity;

  function leave() {
    forget();
    if (framed) window.parent.postMessage({ ventanilla: "exit", address }, "*");
    else location.replace(address);
  }

  button.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  // Before anything else hears of it: a menu that Escape closes is still open then.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    const inner = document.querySelector(OPEN);
    if (event.timeStamp - escaped < WITHIN) leave();
    else if (framed && !inner) window.parent.postMessage({ ventanilla: "escape" }, "*");
    escaped = event.timeStamp;
  }, { capture: true });
  // In a city's site, the site's own page hears the second Escape.
  window.addEventListener("message", ({ source, data }) => {
    if (framed && source === window.parent && data?.ventanilla === "leave") leave();
  });

  return { leave };
}

// The service worker: fetched once the page is at rest, and gone with the quick exit.

const AT_REST = 2000;
const SCRIPT = "/chat/sw.js";

export function createInstalled({ page }) {
  const container = window.parent === window ? navigator.serviceWorker : null;
  // The page's policy lets nothing but this one address become a worker.
  const policy = window.trustedTypes?.createPolicy("ventanilla-worker", {
    createScriptURL: (address) => {
      if (address !== SCRIPT) throw new TypeError(address);
      return address;
    },
  });
  let registration = null;
  let left = false;

  async function register() {
    if (left) return;
    try {
      await container.register(policy ? policy.createScriptURL(SCRIPT) : SCRIPT);
      registration = await container.ready;
      keep();
    } catch { /* private windows have none: then there is no page for bad times */ }
  }

  function keep() {
    const address = `/chat/${page.territory}/offline?language=${page.language}&v=${page.version}`;
    if (!left) registration?.active?.postMessage({ keep: address });
  }

  if (container) setTimeout(register, AT_REST);

  return {
    keep,
    forget() {
      left = true;
      container?.controller?.postMessage({ forget: true });
      registration?.active?.postMessage({ forget: true });
    },
  };
}

// "Tell me on this device": signs this browser up at its push service, and off again. Hidden where a browser cannot.
"use strict";

(() => {
  const button = document.getElementById("push"), line = document.getElementById("push-said");
  if (!button || !("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return;
  const { key, me, csrf } = button.dataset;
  const mark = {
    get: () => { try { return localStorage.getItem("desk-push"); } catch { return null; } },
    set: (value) => { try { if (value) localStorage.setItem("desk-push", value); else localStorage.removeItem("desk-push"); } catch { /* asked again next time */ } },
  };

  function show(on, said = "") {
    button.setAttribute("aria-pressed", String(on));
    line.textContent = said;
  }

  async function subscription() {
    const registration = await navigator.serviceWorker.getRegistration("/desk");
    return registration ? registration.pushManager.getSubscription() : null;
  }

  async function send(path, fields, byItself) {
    const headers = { "X-CSRF-Token": csrf, ...(byItself ? { "HX-Request": "true" } : {}) };
    const answer = await fetch(path, { method: "POST", headers, body: new URLSearchParams(fields), redirect: "manual" });
    if (!answer.ok) throw new Error(String(answer.status));
  }

  function keep(found, byItself) {
    const { endpoint, keys } = found.toJSON();
    return send("/desk/push", { endpoint, p256dh: keys.p256dh, auth: keys.auth }, byItself);
  }

  async function running() {
    const registration = await navigator.serviceWorker.register("/desk/push-worker.js", { scope: "/desk" });
    const worker = registration.installing ?? registration.waiting;
    if (!registration.active && worker) await new Promise((done) => worker.addEventListener("statechange", () => { if (worker.state === "activated") done(); }));
    return registration;
  }

  async function on() {
    if (await Notification.requestPermission() !== "granted") { show(false, line.dataset.denied); return; }
    const registration = await running();
    // One that was made for another key of ours, or by another person at this browser, is of no use any more.
    await (await registration.pushManager.getSubscription())?.unsubscribe();
    const raw = Uint8Array.from(atob(key.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
    await keep(await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: raw }), false);
    mark.set(me);
    show(true, line.dataset.on);
  }

  async function off() {
    mark.set("");
    const found = await subscription();
    if (found) {
      await send("/desk/push/off", { endpoint: found.endpoint }, false);
      await found.unsubscribe();
    }
    show(false);
  }

  button.addEventListener("click", async () => {
    button.disabled = true;
    const was = button.getAttribute("aria-pressed") === "true";
    try { await (was ? off() : on()); } catch { show(false, line.dataset.failed); }
    button.disabled = false;
    button.focus();
  });

  // Whoever asked for it at this browser is told on, also after signing in anew; nobody else is.
  (async () => {
    try {
      const found = mark.get() === me && Notification.permission === "granted" ? await subscription() : null;
      if (found) await keep(found, true);
      show(Boolean(found));
    } catch { show(false); }
    button.hidden = false;
  })();
})();

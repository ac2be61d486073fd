// Shows that somebody waits, when the push service says so and no page of the desk is open; a click opens the desk.
"use strict";

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("push", (event) => {
  let said = {};
  try { said = event.data.json(); } catch { /* a browser must show something for every push */ }
  const options = { body: String(said.body ?? ""), lang: String(said.language ?? ""), dir: "auto", tag: "waiting", renotify: true, requireInteraction: true };
  event.waitUntil(self.registration.showNotification(String(said.title ?? "Ventanilla"), options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil((async () => {
    const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const open = pages.find((page) => new URL(page.url).pathname === "/desk");
    return open ? open.focus() : self.clients.openWindow("/desk");
  })());
});

// Without network: the emergency numbers and the last answers, instead of the browser's own page. Everything else goes to
// the network as if this were not here. No conversation, and no key to one, is ever kept by it.

const PREFIX = "ventanilla-offline-";
const OFFLINE = /^\/chat\/([\w-]+)\/offline\?language=[\w-]+&v=[\w-]+$/;
const CHAT = /^\/chat\/([\w-]+)$/;
const NAMED = /"(\/chat\/static\/[^"]+\.(?:js|css|svg))"/g;

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([self.clients.claim(), self.registration.navigationPreload?.enable()]));
});

self.addEventListener("message", (event) => {
  const { keep: address, forget } = event.data;
  if (forget) event.waitUntil(leave());
  else if (OFFLINE.test(address)) event.waitUntil(keep(address));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  const [, territory] = CHAT.exec(pathname) || [];
  if (request.mode === "navigate" && territory) event.respondWith(open(event, territory));
  else if (pathname.startsWith("/chat/static/")) event.respondWith(load(request));
});

async function open(event, territory) {
  try {
    return (await event.preloadResponse) || (await fetch(event.request));
  } catch (error) {
    const kept = await caches.match(`/chat/${territory}/offline`, { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}

// The network first: after an upgrade nothing old is ever shown to who can reach the new.
async function load(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request);
    if (kept) return kept;
    throw error;
  }
}

// The page for bad times with all that it names, and nothing else.
async function keep(address) {
  const cache = await caches.open(PREFIX + OFFLINE.exec(address)[1]);
  if (await cache.match(address)) return;
  const page = await fetch(address, { credentials: "omit" });
  if (!page.ok) return;
  const named = [...(await page.clone().text()).matchAll(NAMED)].map(([, path]) => path);
  await cache.addAll([...new Set(named)]);
  await cache.put(address, page);
  for (const request of await cache.keys()) {
    const { pathname, search } = new URL(request.url);
    if (![address, ...named].includes(pathname + search)) await cache.delete(request);
  }
}

async function leave() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX)).map((name) => caches.delete(name)));
  await self.registration.unregister();
}

// How a conversation ends: by its age, by the newcomer's wish to begin anew, or by the quick exit.

import { clearEverything } from "./storage.js";

// A new conversation; what is not yet sent stays and goes there.
export function begin(chat, why) {
  const { page } = chat;
  chat.conversation.drop();
  chat.storage.set("given", null);
  chat.seen.clear();
  chat.answers.stop();
  dropCookie(page, "new", "POST");
  chat.working(false);
  chat.reading.begin();
  chat.saving.offer(false);
  chat.log.clear();
  chat.log.greet(page.welcome);
  chat.own.showAll(chat.outbox.all());
  setTimeout(() => chat.outbox.flush());
  chat.notice.clear();
  if (why) chat.notice.say(page.texts[why]);
}

export function renew(chat) {
  chat.storage.set("outbox", []);
  chat.composer.set("");
  begin(chat);
  chat.composer.focus();
}

// Nothing stays, here or on the device.
export function forget(chat) {
  chat.left = true;
  chat.conversation.stop();
  chat.outbox.stop();
  chat.answers.stop();
  clearEverything();
  chat.installed.forget();
  dropCookie(chat.page, "leave", "GET");
  chat.querySelector("textarea").value = "";
  chat.log.clear();
}

// The plain form's cookie is out of a script's reach: the server drops it.
function dropCookie(page, way, method) {
  if (!page.key) return;
  page.key = null;
  fetch(`/chat/${page.territory}/${way}`, { method, redirect: "manual", keepalive: true }).catch(() => {});
}

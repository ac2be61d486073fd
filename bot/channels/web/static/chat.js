// The chat page: takes over the form and the log that the server rendered.

import { createApi } from "./api.js";
import { element, renderMessage } from "./message.js";
import { createOutbox } from "./outbox.js";
import { clearEverything, deviceStorage, newId } from "./storage.js";
import { follow } from "./stream.js";

const LOOKS = [2000, 5000, 10000];
const ESCAPES_WITHIN = 1500;
const OPEN_WAITS = [2, 4, 8, 15, 30];

class VentanillaChat extends HTMLElement {
  connectedCallback() {
    const data = JSON.parse(document.getElementById(this.dataset.data).textContent);
    Object.assign(this, { data, texts: data.texts, language: data.language, last: 0, shown: new Map() });
    this.find = (selector) => this.querySelector(selector);
    this.log = this.find(".log");
    this.input = this.find("textarea");
    this.storage = deviceStorage(data.territory);
    this.api = createApi(() => this.language);
    this.outbox = createOutbox({
      storage: this.storage,
      send: async (message) => {
        this.sentWith = await this.conversation();
        return this.api.send(this.sentWith, message);
      },
      sent: (message) => this.onSent(message),
      refused: (message, error) => this.onRefused(message, error),
      // The stream may have noticed first, and a new conversation be there already.
      ended: () => (this.key === this.sentWith ? this.begin("expired") : setTimeout(() => this.outbox.flush())),
      waiting: (error) => this.onWaiting(error),
    });
    this.listen();
    this.start();
  }

  // --- beginning and ending ---

  start() {
    this.clearLog();
    const draft = this.storage.get("draft");
    if (draft && !this.input.value) this.input.value = draft;
    for (const message of this.outbox.all()) this.show(this.mine(message));
    this.key = this.storage.get("key");
    if (this.key) this.join();
    else this.open().catch(() => {});
    this.outbox.flush();
  }

  clearLog() {
    this.shown.clear();
    this.last = 0;
    for (const child of [...this.log.children]) if (!child.matches(".intro")) child.remove();
  }

  // The one conversation of this page; opened once, however many ask for it at the same time.
  conversation() {
    return this.key ? Promise.resolve(this.key) : this.open();
  }

  open() {
    this.opening ||= this.tryToOpen().finally(() => { this.opening = null; });
    return this.opening.catch((error) => {
      this.onWaiting(error);
      if (!this.outbox.all().length) this.tryLater();
      throw error;
    });
  }

  tryLater() {
    const place = Math.min(this.openFailures || 0, OPEN_WAITS.length - 1);
    this.openFailures = (this.openFailures || 0) + 1;
    clearTimeout(this.openTimer);
    this.openTimer = setTimeout(() => { if (!this.key) this.open().catch(() => {}); }, OPEN_WAITS[place] * 1000);
  }

  async tryToOpen() {
    const opened = await this.api.open(this.data.territory, this.language);
    this.openFailures = 0;
    this.key = { conversation: opened.conversation, token: opened.token };
    this.storage.set("key", this.key);
    this.onWaiting(null);
    opened.messages.forEach((message) => this.receive(message, true));
    this.join();
    return this.key;
  }

  join() {
    this.stream?.stop();
    const history = this.last === 0;
    if (history) this.log.setAttribute("aria-busy", "true");
    setTimeout(() => this.log.removeAttribute("aria-busy"), 1500);
    this.stream = follow({
      api: this.api,
      key: this.key,
      after: () => this.last,
      message: (message) => this.receive(message, this.log.hasAttribute("aria-busy")),
      working: (is) => { this.find(".working").hidden = !is; },
      ended: () => this.begin("expired"),
      online: (is) => this.onWaiting(is ? null : { status: 0 }),
    });
  }

  // A new conversation; what is not yet sent stays and goes there.
  begin(why) {
    this.stream?.stop();
    this.key = null;
    this.storage.set("key", null);
    this.clearLog();
    this.find(".working").hidden = true;
    for (const message of this.outbox.all()) this.show(this.mine(message));
    this.open().then(() => this.outbox.flush()).catch(() => {});
    this.cutOff = null;
    this.notice(why ? this.texts[why] : "");
  }

  leave() {
    this.stream?.stop();
    this.outbox.stop();
    clearEverything();
    this.left = true;
    this.input.value = "";
    this.clearLog();
    if (window.parent === window) location.replace(this.data.exit);
    else window.parent.postMessage({ ventanilla: "exit", address: this.data.exit }, "*");
  }

  // --- messages ---

  say(message) {
    const sent = { client_id: newId(), ...message };
    this.show(this.mine(sent));
    this.notice("");
    this.scrollToEnd();
    this.outbox.add(sent);
  }

  mine({ client_id, text, label }) {
    const { dir } = document.documentElement;
    return { client_id, from: "newcomer", language: this.language, dir, text: text ?? label, pending: true };
  }

  receive(message, quiet) {
    if (this.left || (message.id && this.shown.has(message.id))) return;
    this.last = Math.max(this.last, Number(message.id));
    const before = this.isAtEnd();
    const made = this.show(message);
    if (quiet) return this.log.querySelector(".newcomer") ? this.scrollToEnd() : undefined;
    if (message.from === "newcomer") return;
    this.find(".working").hidden = true;
    if (before) this.scrollToAnswer(made);
    else this.find(".down").hidden = false;
    this.followLanguage(message);
  }

  show(message) {
    const own = message.client_id && this.shown.get(message.client_id);
    if (own && !message.pending) {
      this.shown.set(message.id, own);
      this.settle(own);
      const text = own.querySelector(".text");
      if (text.textContent !== message.text) text.textContent = message.text;
      this.put(own);
      return own;
    }
    const made = renderMessage(message, this.texts);
    if (message.pending) made.classList.add("unsent");
    if (message.id) this.shown.set(message.id, made);
    if (message.client_id) this.shown.set(message.client_id, made);
    this.put(made);
    return made;
  }

  // What is not yet sent stays below all that is; nothing moves that stands right already, so focus is kept.
  put(made) {
    const waiting = this.log.querySelector(".unsent");
    if (made.classList.contains("unsent") || !waiting) {
      if (made.parentNode !== this.log) this.log.append(made);
    } else if (made.compareDocumentPosition(waiting) & Node.DOCUMENT_POSITION_PRECEDING || !made.parentNode) {
      this.log.insertBefore(made, waiting);
    }
  }

  settle(made) {
    made.classList.remove("unsent", "pending", "failed");
    made.querySelector(".fate")?.remove();
  }

  fate(made, name, text) {
    made.classList.add(name);
    made.querySelector(".fate")?.remove();
    made.append(element("p", { class: "fate" }, text));
  }

  onSent({ client_id }) {
    const made = this.shown.get(client_id);
    if (made) this.settle(made);
    if (this.key && made) {
      const last = this.last;
      for (const after of LOOKS) setTimeout(() => { if (this.last <= last + 1) this.stream?.look(); }, after);
    }
  }

  onRefused({ client_id, text }, error) {
    const made = this.shown.get(client_id);
    if (made) {
      made.classList.remove("unsent", "pending");
      this.fate(made, "failed", this.texts.not_sent);
    }
    if (text && !this.input.value) this.draft(text);
    this.notice(error.message || this.texts.problem);
  }

  onWaiting(error) {
    if (!error) {
      if (this.cutOff) this.notice(this.cutOff === "offline" ? this.texts.online : "");
      this.cutOff = null;
      return;
    }
    this.cutOff = error.status === 0 ? "offline" : "server";
    for (const { client_id } of this.outbox.all()) {
      const made = this.shown.get(client_id);
      if (made && !made.classList.contains("pending")) this.fate(made, "pending", this.texts.pending);
    }
    this.notice(error.status === 0 ? this.texts.offline : error.message || this.texts.problem);
  }

  notice(text) {
    const line = this.find(".notice");
    clearTimeout(this.noticeTimer);
    if (line.textContent !== text) line.textContent = text;
    if (text === this.texts.online) this.noticeTimer = setTimeout(() => { line.textContent = ""; }, 4000);
  }

  draft(text) {
    this.input.value = text;
    this.storage.set("draft", text);
    this.grow();
  }

  // --- scrolling ---

  isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.log;
    return scrollHeight - scrollTop - clientHeight < 120 || this.waitsForAnswer;
  }

  scrollToEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.waitsForAnswer = true;
  }

  // A long answer is read from its beginning; what was asked stays in view above it where there is room.
  scrollToAnswer(made) {
    const asked = made.previousElementSibling;
    const first = asked?.matches(".newcomer") && asked.offsetHeight < this.log.clientHeight / 3 ? asked : made;
    const top = this.answerTop ?? first.offsetTop - 12;
    this.answerTop = top;
    this.log.scrollTop = top;
    clearTimeout(this.answerTimer);
    this.answerTimer = setTimeout(() => {
      this.answerTop = null;
      this.waitsForAnswer = false;
    }, 1200);
  }

  // --- language ---

  followLanguage({ language }) {
    if (language !== this.language && this.find(`[data-language="${CSS.escape(language)}"]`)) this.relabel(language);
  }

  async relabel(language) {
    const address = `/chat/${this.data.territory}/texts?language=${encodeURIComponent(language)}`;
    let found;
    try {
      const response = await fetch(address, { credentials: "omit" });
      if (!response.ok) throw new Error(response.status);
      found = await response.json();
    } catch {
      this.notice(this.texts.offline);
      return false;
    }
    Object.assign(this, { texts: found.texts, language: found.language });
    Object.assign(document.documentElement, { lang: found.language, dir: found.dir });
    this.find("[data-territory]").textContent = found.territory;
    for (const [kind, set] of Object.entries({
      text: (one, text) => { one.textContent = text; },
      label: (one, text) => one.setAttribute("aria-label", text),
      title: (one, text) => one.setAttribute("title", text),
      placeholder: (one, text) => one.setAttribute("placeholder", text),
    })) {
      for (const one of document.querySelectorAll(`[data-${kind}]`)) {
        const text = found.texts[one.dataset[kind]];
        if (text) set(one, text);
      }
    }
    const chosen = this.find(`[data-language="${CSS.escape(language)}"]`);
    this.find(".languages [aria-current]")?.removeAttribute("aria-current");
    chosen.setAttribute("aria-current", "true");
    const current = this.find("[data-current]");
    current.textContent = chosen.textContent;
    current.lang = language;
    const address_ = new URL(location.href);
    address_.searchParams.set("language", language);
    history.replaceState(null, "", address_);
    return true;
  }

  async chooseLanguage(link) {
    const { language } = link.dataset;
    const menu = this.find(".languages");
    menu.open = false;
    menu.querySelector("summary").focus();
    if (language === this.language || !(await this.relabel(language))) return;
    const asked = this.log.querySelector(".newcomer");
    if (asked) this.say({ choice: `language:${language}`, label: link.textContent });
    else this.begin();
  }

  // --- what people do ---

  listen() {
    this.find("#composer").addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.input.value.trim();
      if (!text) return this.input.focus();
      this.draft("");
      this.say({ text });
      this.input.focus();
    });
    this.input.addEventListener("keydown", (event) => {
      // While an input method composes, Enter picks a word (keyCode 229: Safari reports the end too early).
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.find("#composer").requestSubmit();
    });
    this.input.addEventListener("input", () => {
      this.storage.set("draft", this.input.value);
      this.grow();
    });
    this.log.addEventListener("click", (event) => {
      const button = event.target.closest("[data-choice]");
      if (button) this.say({ choice: button.dataset.choice, label: button.textContent });
    });
    this.log.addEventListener("scroll", () => { if (this.isAtEnd()) this.find(".down").hidden = true; });
    this.find(".down").addEventListener("click", () => {
      this.find(".down").hidden = true;
      this.scrollToEnd();
      this.log.focus();
    });
    this.find(".exit").addEventListener("click", (event) => {
      event.preventDefault();
      this.leave();
    });
    this.find(".languages").addEventListener("click", (event) => {
      const link = event.target.closest("[data-language]");
      if (!link) return;
      event.preventDefault();
      this.chooseLanguage(link);
    });
    this.find(".new").addEventListener("submit", (event) => {
      event.preventDefault();
      this.find("dialog").showModal();
    });
    this.find("dialog").addEventListener("close", (event) => {
      const { returnValue } = event.target;
      event.target.returnValue = "";
      if (returnValue !== "yes") return;
      this.storage.set("outbox", []);
      this.draft("");
      this.begin();
      this.input.focus();
    });
    document.addEventListener("keydown", (event) => this.onEscape(event));
    document.addEventListener("click", (event) => {
      const menu = this.find(".languages");
      if (menu.open && !menu.contains(event.target)) menu.open = false;
    });
    window.addEventListener("online", () => this.wake());
    window.addEventListener("offline", () => this.onWaiting({ status: 0 }));
    window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.wake(); });
    this.grow();
  }

  onEscape(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    const menu = this.find(".languages");
    if (menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    if (event.timeStamp - (this.escaped ?? -Infinity) < ESCAPES_WITHIN) this.leave();
    this.escaped = event.timeStamp;
  }

  wake() {
    this.stream?.wake();
    this.outbox.flush();
    if (!this.key && !this.outbox.all().length) this.open().catch(() => {});
  }

  grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.input.style.blockSize = "auto";
    this.input.style.blockSize = `${this.input.scrollHeight + 2}px`;
  }
}

customElements.define("ventanilla-chat", VentanillaChat);

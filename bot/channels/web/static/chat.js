// The chat page: takes over the form and the log that the server drew, and joins the parts together.

import { createAnswers } from "./answers.js";
import { createApi } from "./api.js";
import { createAttaching } from "./attaching.js";
import { createComposer } from "./composer.js";
import { createConversation } from "./conversation.js";
import { begin, forget, renew } from "./ending.js";
import { createExit } from "./exit.js";
import { createInstalled } from "./installed.js";
import { createLanguages } from "./language.js";
import { createLog } from "./log.js";
import { createNotice } from "./notice.js";
import { createOutbox } from "./outbox.js";
import { createOwn } from "./own.js";
import { fillPaper } from "./paper.js";
import { createReading } from "./reading.js";
import { createRenewal } from "./renewal.js";
import { createSaving } from "./saving.js";
import { createScrolling } from "./scrolling.js";
import { createSeen } from "./seen.js";
import { deviceStorage, newId } from "./storage.js";
import { createTyping } from "./typing.js";
import { watchWorld } from "./world.js";
import { createWriting } from "./writing.js";

// A cheap phone gets time to react to fingers between one part and the next.
const pause = () => new Promise((done) => { setTimeout(done); });

class VentanillaChat extends HTMLElement {
  async connectedCallback() {
    this.page = JSON.parse(document.getElementById(this.dataset.data).textContent);
    this.storage = deviceStorage(this.page.territory);
    this.join(this.page, (selector) => this.querySelector(selector));
    await pause();
    // The first look waits for the device's disk.
    this.composer.restore();
    await pause();
    this.start();
  }

  join(data, find) {
    this.seen = createSeen(data.territory);
    this.installed = createInstalled({ page: data });
    this.notice = createNotice(find(".notice"), data);
    this.api = createApi(() => data.language);
    this.answers = createAnswers({
      page: data,
      storage: this.storage,
      notice: this.notice,
      load: async (url) => this.api.file(await this.conversation.ready(), url),
    });
    this.log = createLog({ list: find(".log"), page: data, made: this.answers.equip });
    this.own = createOwn({ log: this.log, page: data });
    this.scrolling = createScrolling({ list: find(".log"), down: find(".down") });
    this.working = (is) => { find(".working").hidden = !is; };
    this.writing = createWriting({ line: find(".writing"), aside: find(".aside"), page: data });
    this.reading = createReading({ send: (message) => this.whileThere((key) => this.api.read(key, message)) });
    this.typing = createTyping({ send: () => this.whileThere((key) => this.api.typing(key)) });
    this.saving = createSaving({
      links: this.querySelectorAll(".save"),
      load: async () => this.api.export(await this.conversation.ready()),
      failed: (error) => this.notice.say(error.message || data.texts.problem),
    });
    this.conversation = this.makeConversation();
    this.outbox = this.makeOutbox();
    this.composer = createComposer({
      form: find("#composer"),
      input: find("textarea"),
      storage: this.storage,
      typed: this.typing.typed,
      say: (text) => this.say({ text }),
      choose: (button) => this.choose(button),
    });
    this.attaching = createAttaching({
      input: find(".file"),
      label: find(".clip"),
      page: data,
      shown: this.own,
      said: () => this.scrolling.toEnd(),
      send: async (id, file) => this.api.attach(await this.conversation.ready(), id, file),
      sent: () => this.conversation.look(),
      notice: this.notice,
    });
    this.languages = createLanguages({
      page: data,
      menu: find(".languages"),
      chosen: (language, label) => (this.log.asked() ? this.say({ choice: `language:${language}`, label }) : begin(this)),
      changing: () => this.log.hush(),
      changed: () => this.installed.keep(),
      failed: () => this.notice.say(data.texts.offline),
    });
    this.exit = createExit({ button: find(".exit"), address: data.exit, forget: () => forget(this) });
    createRenewal({ form: find(".new"), dialog: find("dialog"), renew: () => renew(this) });
    fillPaper(find(".paper"), data);
    watchWorld({
      wake: () => {
        this.conversation.wake();
        this.outbox.flush();
      },
      offline: () => this.wait({ status: 0 }),
      kept: this.storage.name,
      // Another tab sends what it holds itself; its conversation is this one's too.
      written: () => this.conversation.wake(),
      // Another tab left by the quick exit: this one goes too.
      erased: () => { if (!this.left) this.exit.leave(); },
    });
  }

  makeConversation() {
    return createConversation({
      api: this.api,
      storage: this.storage,
      page: this.page,
      taken: () => {
        this.log.outdate();
        this.log.hush();
        this.saving.offer(true);
      },
      opened: (messages) => {
        this.saving.offer(true);
        if (messages.length) this.log.adopt(messages[0].id);
        messages.forEach((message) => this.receive(message, true));
      },
      message: (message, history) => this.receive(message, history),
      working: this.working,
      files: (are) => {
        this.attaching.taken(are);
        this.reading.want(are);
      },
      person: this.typing.person,
      writing: this.writing,
      ended: () => begin(this, "expired"),
      connected: () => this.notice.connected(),
      cutOff: (error) => this.wait(error),
    });
  }

  makeOutbox() {
    return createOutbox({
      storage: this.storage,
      send: async (message) => {
        this.sentWith = await this.conversation.ready();
        return this.api.send(this.sentWith, message);
      },
      sent: (message) => {
        this.own.settle(message);
        this.conversation.look();
      },
      refused: (message, error) => {
        this.own.refuse(message);
        this.composer.giveBack(message.text);
        this.notice.say(error.message || this.page.texts.problem);
      },
      // The stream may have noticed first, and a new conversation be there already.
      ended: () => (this.conversation.key() === this.sentWith ? begin(this, "expired") : setTimeout(() => this.outbox.flush())),
      waiting: (error) => (error ? this.wait(error) : this.notice.connected()),
    });
  }

  start() {
    // A message sent before this script was there opened a conversation by the plain form.
    if (this.page.key && !this.storage.get("key")) this.storage.set("key", this.page.key);
    const greeting = this.querySelector(".greeting");
    if (greeting) this.answers.equip(greeting, this.page.welcome);
    this.conversation.wake();
    this.own.showAll(this.outbox.all());
    this.outbox.flush();
    this.dataset.ready = "";
  }

  // Signs are for the conversation of now: none is begun for them.
  async whileThere(tell) {
    const key = this.conversation.key();
    if (key) await tell(key);
  }

  choose(button) {
    if (!button.closest(".feedback")) return this.say({ choice: button.value, label: button.textContent });
    const told = this.answers.press(button);
    if (told) this.say(told, true);
  }

  // What is said aside leaves the list of messages where it stands.
  say({ text, choice, label }, aside) {
    const message = choice ? { client_id: newId(), choice, label } : { client_id: newId(), text };
    this.languages.written();
    this.typing.said();
    this.own.show(message);
    this.notice.clear();
    if (aside) this.scrolling.stay();
    else this.scrolling.toEnd();
    this.outbox.add(message);
  }

  // The network or the server fails: what is not sent waits and says so.
  wait(error) {
    this.own.wait(this.outbox.all());
    this.notice.cutOff(error);
  }

  receive(message, quiet) {
    if (this.left || this.log.has(message.id)) return;
    const wasAtEnd = this.scrolling.isAtEnd();
    const made = this.log.show(message);
    this.seen.add(message);
    if (message.from !== "newcomer") this.reading.watch(made, message.id);
    if (message.from === "caseworker") this.writing(null);
    if (message.from !== "newcomer" && !(quiet && this.page.asked)) this.languages.follow(message);
    if (quiet) {
      if (this.log.asked()) this.scrolling.toEnd();
    } else if (message.from !== "newcomer") {
      this.working(false);
      this.scrolling.answered(made, wasAtEnd);
    }
  }
}

customElements.define("ventanilla-chat", VentanillaChat);

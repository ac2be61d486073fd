// The desk's own script: live events, presence, sound, drafts, keys. Without it every form still works.
"use strict";

const body = document.body;
const BEAT_MS = 20000;
const LATE_MS = 20000;
const TYPING_MS = 3000;

// --- what is new -------------------------------------------------------------------------------------------------
function listen(address) {
  const line = document.getElementById("connection");
  let lost = 0;
  const source = new EventSource(address);
  const say = (text) => { if (line.textContent !== text) line.textContent = text; };
  source.addEventListener("open", () => { clearTimeout(lost); lost = 0; say(""); });
  source.addEventListener("typing", ({ data }) => writes(JSON.parse(data).typing));
  source.addEventListener("error", () => {
    writes(false);
    // A stream ends every two minutes on purpose and comes back at once: only a longer silence is worth a word.
    if (!lost) lost = setTimeout(() => say(line.dataset.lost), 8000);
    if (source.readyState === EventSource.CLOSED) { source.close(); setTimeout(() => listen(address), LATE_MS); }
  });
  for (const name of ["desk", "talk"]) source.addEventListener(name, () => body.dispatchEvent(new CustomEvent(name)));
}

async function beat() {
  const headers = { "X-CSRF-Token": body.dataset.csrf, "HX-Request": "true" };
  const answer = await fetch("/desk/here", { method: "POST", headers, redirect: "manual" }).catch(() => null);
  // The session has ended: the page goes to the sign-in page.
  if (answer?.type === "opaqueredirect" || answer?.status === 403) location.reload();
}

// --- the open conversation ---------------------------------------------------------------------------------------
const log = document.getElementById("messages");
let fetching = false, wanted = false;

async function news() {
  if (!log) return;
  wanted = true;
  if (fetching) return;
  fetching = true;
  while (wanted) {
    wanted = false;
    const last = log.querySelector(".message:last-of-type");
    const answer = await fetch(`${log.dataset.path}?after=${last ? last.dataset.id : 0}`, { headers: { "HX-Request": "true" }, redirect: "manual" }).catch(() => null);
    if (!answer || !answer.ok) continue;
    const html = await answer.text();
    if (!html.trim()) continue;
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 120;
    const made = document.createElement("template");
    made.innerHTML = html;
    const fresh = [...made.content.children].filter((one) => !document.getElementById(one.id));
    if (fresh.some((one) => one.classList.contains("newcomer"))) ring();
    log.append(...fresh);
    fresh.forEach((one) => window.htmx.process(one));
    if (atEnd) toEnd();
    marks();
  }
  fetching = false;
}

function toEnd() {
  if (!log) return;
  log.scrollTop = log.scrollHeight;
}

// What the newcomer has read, as the head of the page says.
function marks() {
  const state = document.getElementById("state");
  if (!state || !log) return;
  for (const one of log.querySelectorAll(".message.caseworker")) {
    const mark = one.querySelector(".read");
    if (mark) mark.hidden = Number(one.dataset.id) > Number(state.dataset.read);
  }
}

// Whether the newcomer is writing.
function writes(does) {
  const line = document.getElementById("typing");
  const text = does ? line?.dataset.text : "";
  if (line && line.textContent !== text) line.textContent = text;
}

// --- sound and title ---------------------------------------------------------------------------------------------
const sound = document.getElementById("sound");
const title = document.title;
let audio = null, waiting = null;

const kept = {
  get(name) { try { return localStorage.getItem(name); } catch { return null; } },
  set(name, value) { try { localStorage.setItem(name, value); } catch { /* kept for this page only */ } },
};

function ring() {
  if (!sound || sound.getAttribute("aria-pressed") !== "true") return;
  audio ??= new AudioContext();
  audio.resume();
  const start = audio.currentTime;
  for (const [offset, pitch] of [[0, 660], [0.18, 880]]) {
    const tone = audio.createOscillator(), volume = audio.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, start + offset);
    volume.gain.exponentialRampToValueAtTime(0.2, start + offset + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, start + offset + 0.16);
    tone.connect(volume).connect(audio.destination);
    tone.start(start + offset);
    tone.stop(start + offset + 0.18);
  }
  body.dataset.rung = String(Number(body.dataset.rung || 0) + 1);
}

function count() {
  const now = Number(document.getElementById("waiting")?.dataset.count ?? NaN);
  if (Number.isNaN(now)) return;
  if (waiting !== null && now > waiting) ring();
  waiting = now;
  const shown = now ? `(${now}) ${title}` : title;
  if (document.title !== shown) document.title = shown;
}

// --- writing -----------------------------------------------------------------------------------------------------
function box() { return document.querySelector("#box textarea"); }
function draftName(text) { return `desk-draft-${text.dataset.draft}`; }

function takeUpDraft() {
  const text = box();
  if (!text || text.value) return;
  try { text.value = sessionStorage.getItem(draftName(text)) || ""; } catch { /* no draft then */ }
}

function keepDraft(text) {
  try { if (text.value) sessionStorage.setItem(draftName(text), text.value); else sessionStorage.removeItem(draftName(text)); } catch { /* not kept */ }
}

// The newcomer sees that an answer is being written; at most every three seconds they are told.
let told = -Infinity;
function tell(text) {
  const now = performance.now();
  if (!text.value.trim() || now - told < TYPING_MS) return;
  told = now;
  const headers = { "X-CSRF-Token": body.dataset.csrf, "HX-Request": "true" };
  fetch(`/desk/conversations/${text.dataset.draft}/typing`, { method: "POST", headers, redirect: "manual" }).catch(() => {});
}

function insert(words) {
  const text = box();
  if (!text) return;
  text.value = text.value ? `${text.value.trimEnd()}\n${words}` : words;
  keepDraft(text);
  text.focus();
}

// --- keys --------------------------------------------------------------------------------------------------------
let before = "";

function open(key) {
  const summary = document.querySelector(`summary[data-key="${key}"]`);
  if (!summary) return false;
  summary.parentElement.open = true;
  summary.parentElement.querySelector("input:not([type=hidden]), textarea, button")?.focus();
  if (document.activeElement === body) summary.focus();
  return true;
}

function move(step) {
  const rows = [...document.querySelectorAll(".rows .who")];
  if (!rows.length) return;
  const at = rows.indexOf(document.activeElement);
  rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + step))].focus();
}

function pressed(event) {
  const at = event.target;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && at.matches?.("textarea")) {
    event.preventDefault();
    at.form.requestSubmit();
    return;
  }
  if (event.key === "Escape" && at.matches?.("textarea, input, select")) { at.blur(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || at.matches?.("textarea, input, select") || document.querySelector("dialog[open]")) return;
  const pair = before + event.key;
  before = event.key === "g" ? "g" : "";
  if (pair === "gq") location.assign("/desk");
  else if (pair === "gs") location.assign("/desk/search");
  else if (event.key === "?") document.getElementById("keys-help").showModal();
  else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "w" && box()) { event.preventDefault(); box().focus(); }
  else if ("psnc".includes(event.key) && open(event.key)) event.preventDefault();
}

// --- all together ------------------------------------------------------------------------------------------------
body.addEventListener("talk", news);
body.addEventListener("input", (event) => {
  if (!event.target.matches("[data-draft]")) return;
  keepDraft(event.target);
  tell(event.target);
});
body.addEventListener("change", (event) => { if (event.target.closest("form[data-auto]")) event.target.form.requestSubmit(); });
body.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (button) insert(document.getElementById(button.dataset.insert).textContent.trim());
});
document.addEventListener("keydown", pressed);

document.addEventListener("htmx:beforeSwap", (event) => {
  // An open list must not close under the hand: the next look brings what is new.
  if (document.activeElement.matches("select") && event.detail.target.contains(document.activeElement) && event.detail.target.id === "queue") event.detail.shouldSwap = false;
  // The session has ended: the page itself goes to the sign-in page instead of a part of it.
  if (event.detail.xhr.responseURL.includes("/desk/sign-in")) { event.detail.shouldSwap = false; location.reload(); }
});
document.addEventListener("htmx:afterSettle", () => {
  count();
  marks();
  const state = document.getElementById("state");
  // Somebody else took it, or it was closed elsewhere: what can be done changes with that.
  if (state && (state.dataset.mine !== shownMine || state.dataset.state !== shownState)) location.reload();
});
document.addEventListener("htmx:responseError", (event) => {
  if ([401, 403, 404, 409].includes(event.detail.xhr.status)) location.reload();
});
document.addEventListener("sent", () => {
  const text = box();
  if (!text) return;
  text.value = "";
  told = -Infinity;
  keepDraft(text);
  text.focus();
  news();
});

const first = document.getElementById("state");
const shownMine = first?.dataset.mine, shownState = first?.dataset.state;
const keys = document.getElementById("keys");
if (keys) {
  keys.hidden = false;
  keys.addEventListener("click", () => document.getElementById("keys-help").showModal());
}
if (sound) {
  sound.hidden = false;
  sound.setAttribute("aria-pressed", String(kept.get("desk-sound") === "on"));
  sound.addEventListener("click", () => {
    const on = sound.getAttribute("aria-pressed") !== "true";
    sound.setAttribute("aria-pressed", String(on));
    kept.set("desk-sound", on ? "on" : "off");
    ring();
  });
}
document.documentElement.classList.add("js");
takeUpDraft();
toEnd();
if (body.dataset.events) listen(body.dataset.events);
beat();
setInterval(beat, BEAT_MS);
document.addEventListener("visibilitychange", () => { if (!document.hidden) beat(); });

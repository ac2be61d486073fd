// Reading aloud with the device's own voices: offered only where it has one for the language of the text.

import { element, icon } from "./element.js";

const PHONE = /\+?\p{Nd}(?:[\s\u00a0./()-]*\p{Nd}){4,}/gu;

export function createSpeech({ page }) {
  const device = window.speechSynthesis;
  const offered = new Set();
  let reading = null;

  function voice(language) {
    const start = language.toLowerCase().split("-")[0];
    const fitting = device.getVoices().filter(({ lang }) => lang.toLowerCase().split(/[-_]/)[0] === start);
    return fitting.find(({ localService }) => localService) || fitting[0];
  }

  function refresh() {
    for (const button of offered) {
      if (button.isConnected) button.hidden = !voice(button.dataset.speech);
      else offered.delete(button);
    }
  }

  function label(button, name) {
    Object.assign(button.dataset, { label: name, title: name });
    button.setAttribute("aria-label", page.texts[name]);
    button.title = page.texts[name];
    button.replaceChildren(icon(name === "read_stop" ? "stop" : "speak"));
  }

  function stop() {
    if (!reading) return;
    label(reading, "read_aloud");
    reading = null;
    device.cancel();
  }

  function read(button, parts) {
    stop();
    reading = button;
    label(button, "read_stop");
    const whole = parts.filter(({ text }) => text);
    whole.forEach(({ text, language }, place) => {
      const said = new SpeechSynthesisUtterance(digitByDigit(text));
      // A name in another language is read by that language's voice, or as well as this one can.
      said.voice = voice(language) || voice(button.dataset.speech);
      said.lang = said.voice?.lang || language;
      said.rate = 0.9;
      if (place === whole.length - 1) said.onend = said.onerror = () => { if (reading === button) stop(); };
      device.speak(said);
    });
  }

  if (device) {
    device.addEventListener?.("voiceschanged", refresh);
    window.addEventListener("pagehide", stop);
  }

  return {
    stop,
    offer(place, language, parts) {
      if (!device) return;
      const button = element("button", { type: "button", class: "speak quiet", "data-speech": language });
      label(button, "read_aloud");
      button.hidden = !voice(language);
      button.addEventListener("click", () => (reading === button ? stop() : read(button, parts())));
      offered.add(button);
      place.append(button);
    },
  };
}

// A phone number is no huge number; signs that only steer the direction of writing are not read.
export function digitByDigit(text) {
  return text.replace(/[\u2066-\u2069]/g, "").replace(PHONE, (number) => [...number.replace(/[^+\p{Nd}]/gu, "")].join(" "));
}

// What is read of a card, part by part, each in its own language.
export function spokenCard({ title, title_language, language, subtitle, alert, summary, summary_language, facts, links, freshness_text }) {
  return [
    { text: title, language: title_language },
    { text: subtitle, language: title_language },
    { text: alert, language },
    { text: summary, language: summary_language || language },
    ...(facts || []).flatMap((fact) =>
      fact.language && fact.language !== language
        ? [{ text: fact.label, language }, { text: fact.value, language: fact.language }]
        : [{ text: `${fact.label}: ${fact.value}`, language }],
    ),
    ...(links || []).filter(({ kind }) => kind === "call").map(({ label }) => ({ text: label, language })),
    { text: freshness_text, language },
  ];
}

// The form: what is typed, and every choice that is pressed anywhere on the page.

export function createComposer({ form, input, storage, typed, say, choose }) {
  function grow() {
    if (CSS.supports("field-sizing", "content")) return;
    input.style.blockSize = "auto";
    input.style.blockSize = `${input.scrollHeight + 2}px`;
  }

  function set(text) {
    input.value = text;
    storage.set("draft", text);
    grow();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter?.name === "choice") return choose(event.submitter);
    const text = input.value.trim();
    input.focus();
    if (!text) return;
    set("");
    say(text);
  });
  input.addEventListener("keydown", (event) => {
    // While an input method composes, Enter picks a word (keyCode 229: Safari reports the end too early).
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  });
  input.addEventListener("input", () => {
    storage.set("draft", input.value);
    typed(input.value);
    grow();
  });

  return {
    restore() {
      const draft = storage.get("draft");
      if (draft && !input.value) input.value = draft;
      grow();
    },
    set,
    focus: () => input.focus(),
    giveBack(text) { if (text && !input.value) set(text); },
  };
}

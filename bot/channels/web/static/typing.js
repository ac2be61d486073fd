// Tells the person who has the conversation that the newcomer is writing: every three seconds at most, to nobody else.

const EVERY = 3000;

export function createTyping({ send }) {
  let person = false;
  let last = -Infinity;

  return {
    person(has) { person = has; },
    typed(text) {
      const now = performance.now();
      if (!person || !text.trim() || now - last < EVERY) return;
      last = now;
      send().catch(() => {});
    },
    said() { last = -Infinity; },
  };
}

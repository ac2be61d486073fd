// Where the list of messages stands, and the button that leads to what is new.

const NEAR = 120;
const SETTLED = 1200;

export function createScrolling({ list, down }) {
  let waiting = false;
  let staying = false;
  let top = null;
  let timer;

  // On a tiny screen the whole page scrolls instead of the list (chat.css).
  const inPage = () => getComputedStyle(list).overflowY === "visible";
  const box = () => (inPage() ? document.scrollingElement : list);

  function isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = box();
    return scrollHeight - scrollTop - clientHeight < NEAR || waiting;
  }

  function toEnd() {
    box().scrollTop = box().scrollHeight;
    waiting = true;
    staying = false;
  }

  // A long answer is read from its beginning; what was asked stays in view above it where there is room.
  function toAnswer(made) {
    const asked = made.previousElementSibling;
    const first = asked?.matches(".newcomer") && asked.offsetHeight < box().clientHeight / 3 ? asked : made;
    const edge = inPage() ? 0 : list.getBoundingClientRect().top;
    top ??= box().scrollTop + first.getBoundingClientRect().top - edge - 12;
    box().scrollTop = top;
    clearTimeout(timer);
    timer = setTimeout(() => {
      top = null;
      waiting = false;
    }, SETTLED);
  }

  document.addEventListener("scroll", () => { if (isAtEnd()) down.hidden = true; }, { capture: true, passive: true });
  down.addEventListener("click", () => {
    down.hidden = true;
    toEnd();
    list.focus();
  });

  return {
    isAtEnd,
    toEnd,
    // The next answer is about something further up: it must not pull the reader away from there.
    stay() { staying = true; },
    answered(made, wasAtEnd) {
      if (staying) staying = false;
      else if (wasAtEnd) toAnswer(made);
      else down.hidden = false;
    },
  };
}

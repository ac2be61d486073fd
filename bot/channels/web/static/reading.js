// How far the newcomer has read, told once a message was really in view, and only while a person is asked for.

const SETTLED = 1000;
const STEPS = [0, 0.1, 0.25, 0.5, 0.75, 1];

export function createReading({ send }) {
  const ids = new WeakMap();
  let wanted = false;
  let seen = 0;
  let told = 0;
  let timer;

  async function tell() {
    const now = seen;
    if (!wanted || now <= told || document.hidden) return;
    try {
      await send(String(now));
      told = Math.max(told, now);
    } catch { /* told with the next one */ }
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(tell, SETTLED);
  }

  // Half of a message, or of a long one a quarter of the screen. In a city's site the site can hide it too.
  function isRead({ isIntersecting, intersectionRect, boundingClientRect }) {
    return isIntersecting && intersectionRect.height >= Math.min(boundingClientRect.height / 2, window.innerHeight / 4);
  }

  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries.filter(isRead)) {
      watcher.unobserve(entry.target);
      seen = Math.max(seen, ids.get(entry.target));
      later();
    }
  }, { threshold: STEPS });
  document.addEventListener("visibilitychange", later);

  return {
    watch(made, id) {
      ids.set(made, Number(id));
      watcher.observe(made);
    },
    want(is) {
      wanted = is;
      if (is) later();
    },
    begin() {
      seen = 0;
      told = 0;
    },
  };
}

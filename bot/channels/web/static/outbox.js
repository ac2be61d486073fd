// Messages on their way: kept until the server has them, sent in order, each once (the server knows its client_id).

const WAITS = [1, 2, 4, 8, 15, 30];

export function createOutbox({ storage, send, sent, refused, ended, waiting }) {
  let running = false;
  let failures = 0;
  let timer;

  const all = () => storage.get("outbox") || [];
  const drop = (id) => storage.set("outbox", all().filter((one) => one.client_id !== id));

  async function flush() {
    clearTimeout(timer);
    if (running) return;
    running = true;
    try {
      for (let next = all()[0]; next; next = all()[0]) {
        const { client_id, text, choice } = next;
        await send(choice === undefined ? { client_id, text } : { client_id, choice });
        failures = 0;
        drop(client_id);
        sent(next);
      }
      waiting(null);
    } catch (error) {
      fail(error);
    } finally {
      running = false;
    }
  }

  function fail(error) {
    const next = all()[0];
    if (error.status === 401 || error.code === "unknown_conversation") {
      ended();
    } else if (next && error.status >= 400 && error.status < 500 && ![408, 425, 429].includes(error.status)) {
      drop(next.client_id);
      refused(next, error);
      timer = setTimeout(flush);
    } else {
      const seconds = error.retryAfter || WAITS[Math.min(failures, WAITS.length - 1)];
      failures += 1;
      waiting(error);
      timer = setTimeout(flush, seconds * 1000);
    }
  }

  return {
    all,
    flush,
    add(message) {
      storage.set("outbox", [...all(), message]);
      return flush();
    },
    stop: () => clearTimeout(timer),
  };
}

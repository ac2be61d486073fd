// What is new in a conversation: server-sent events, read with fetch because EventSource cannot carry a bearer token;
// polling where a stream does not come through.

const QUIET = 40000;
const WAITS = [1, 2, 4, 8, 15, 30];
const POLL_AFTER_FAILURES = 2;

export function follow({ api, key, after, message, working, files, person, writing, ended, online }) {
  let stopped = false;
  let failures = 0;
  let abort;
  let wake = () => {};

  const pause = (seconds) =>
    new Promise((done) => {
      const timer = setTimeout(done, seconds * 1000);
      wake = () => {
        clearTimeout(timer);
        done();
      };
    });

  async function poll() {
    const found = await api.messages(key, after());
    found.messages.forEach(message);
    working(Boolean(found.working));
    files(Boolean(found.takes_files));
    person(Boolean(found.person));
    writing(found.writing ?? null);
    online(true);
  }

  async function listen() {
    abort = new AbortController();
    let watchdog;
    const alive = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => abort.abort(), QUIET);
    };
    try {
      alive();
      const response = await api.stream(key, after(), abort.signal);
      // What changed while nobody listened is told anew.
      person(false);
      writing(null);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { value, done } = await reader.read();
        if (done || stopped) return;
        alive();
        failures = 0;
        online(true);
        const events = (rest + value).split(/\r?\n\r?\n/);
        rest = events.pop();
        events.forEach(receive);
      }
    } finally {
      clearTimeout(watchdog);
    }
  }

  function receive(block) {
    let name = "message";
    const data = [];
    for (const line of block.split(/\r?\n/)) {
      if (line.startsWith("event:")) name = line.slice(6).trim();
      else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
    }
    if (!data.length || stopped) return;
    if (name === "ended") return finish();
    const shape = JSON.parse(data.join("\n"));
    if (name === "message") message(shape);
    else if (name === "working") working(shape.working);
    else if (name === "files") files(shape.takes_files);
    else if (name === "person") person(shape.person);
    else if (name === "writing") writing(shape.writing);
  }

  function finish() {
    stopped = true;
    ended();
  }

  async function run() {
    while (!stopped) {
      try {
        if (failures >= POLL_AFTER_FAILURES || !self.TextDecoderStream) await poll();
        await listen();
        failures += 1;
      } catch (error) {
        if (stopped) return;
        if (error.status === 401 || error.status === 404) return finish();
        failures += 1;
        if (error.status === 0 && !navigator.onLine) online(false);
      }
      if (!stopped) await pause(WAITS[Math.min(failures - 1, WAITS.length - 1)] || 1);
    }
  }

  run();
  return {
    // A buffering proxy can hold a stream back: after sending, look once by the other way.
    look: () => poll().catch(() => {}),
    wake: () => wake(),
    stop() {
      stopped = true;
      abort?.abort();
      wake();
    },
  };
}

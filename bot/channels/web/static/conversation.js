// The one conversation of this page: opened when something is said, and followed from then on.

import { follow } from "./stream.js";

const HISTORY = 1500;
const LOOKS = [2000, 5000, 10000];

export function createConversation({ api, storage, page, taken, opened, message, working, files, person, writing, ended, connected, cutOff }) {
  let key = null;
  let opening = null;
  let stream = null;
  let last = 0;
  let history = false;

  function ready() {
    take();
    if (key) return Promise.resolve(key);
    opening ||= open().finally(() => { opening = null; });
    return opening;
  }

  // One of an earlier visit, or that another tab opened meanwhile.
  function take() {
    if (key || opening || !storage.get("key")) return;
    key = storage.get("key");
    taken();
    join();
  }

  async function open() {
    const found = await api.open(page);
    key = { conversation: found.conversation, token: found.token };
    storage.set("key", key);
    last = Math.max(...found.messages.map(({ id }) => Number(id)), 0);
    opened(found.messages);
    join();
    return key;
  }

  function join() {
    stream?.stop();
    history = last === 0;
    setTimeout(() => { history = false; }, HISTORY);
    stream = follow({
      api,
      key,
      after: () => last,
      message(each) {
        last = Math.max(last, Number(each.id));
        message(each, history);
      },
      working,
      files,
      person,
      writing,
      ended,
      online: (is) => (is ? connected() : cutOff({ status: 0 })),
    });
  }

  function stop() {
    stream?.stop();
    stream = null;
    key = null;
    last = 0;
  }

  return {
    ready,
    stop,
    key: () => key,
    wake() {
      stream?.wake();
      take();
    },
    // A proxy that holds the stream back gives no sign of it.
    look() {
      const before = last;
      for (const after of LOOKS) setTimeout(() => { if (last <= before + 1) stream?.look(); }, after);
    },
    drop() {
      stop();
      files(false);
      person(false);
      writing(null);
      storage.set("key", null);
    },
  };
}

// The last answers with services in them, for when there is no network. They stay in this browser.

import { deviceStorage } from "./storage.js";

const MOST = 4;

export function createSeen(territory) {
  const storage = deviceStorage(`${territory}.seen`);
  const all = () => storage.get("answers") || [];
  return {
    all,
    add(message) {
      if (message.from === "newcomer" || !message.cards?.length || all().some(({ id }) => id === message.id)) return;
      storage.set("answers", [...all(), message].slice(-MOST));
    },
    clear: () => storage.clear(),
  };
}

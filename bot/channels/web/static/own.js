// The newcomer's own messages on their way: shown at once, waiting, sent or refused.

export function createOwn({ log, page }) {
  const pending = ({ client_id, text, label, files }) => {
    const { dir } = document.documentElement;
    return { client_id, from: "newcomer", language: page.language, dir, text: text ?? label, files, pending: true };
  };
  const show = (message) => log.show(pending(message));

  return {
    show,
    showAll: (messages) => messages.forEach(show),
    settle({ client_id }) {
      const made = log.get(client_id);
      if (made) log.settle(made);
    },
    refuse({ client_id }) {
      const made = log.get(client_id);
      if (made) log.fate(made, "failed", page.texts.not_sent);
    },
    wait(messages) {
      for (const { client_id } of messages) {
        const made = log.get(client_id);
        if (made && !made.classList.contains("pending")) log.fate(made, "pending", page.texts.pending);
      }
    },
  };
}

// The line above the text field: what is wrong, and that it is right again.

export function createNotice(line, page) {
  let cut = null;
  let timer;

  function say(text) {
    clearTimeout(timer);
    if (line.textContent !== text) line.textContent = text;
    if (text === page.texts.online) timer = setTimeout(() => { line.textContent = ""; }, 4000);
  }

  return {
    say,
    // A failure of the interface; status 0: no network.
    cutOff(error) {
      cut = error.status === 0 ? "offline" : "server";
      say(cut === "offline" ? page.texts.offline : error.message || page.texts.problem);
    },
    connected() {
      if (cut) say(cut === "offline" ? page.texts.online : "");
      cut = null;
    },
    clear() {
      cut = null;
      say("");
    },
  };
}

// What stays on this device: the conversation's key, what is not yet sent, and the draft. Works without storage too.

export function deviceStorage(territory) {
  const key = `ventanilla.${territory}`;
  let memory = null;
  const read = () => {
    try {
      const found = JSON.parse(localStorage.getItem(key));
      if (found && typeof found === "object") return found;
    } catch { /* blocked or damaged: the page's own memory serves */ }
    return memory || {};
  };
  return {
    name: key,
    get: (name) => read()[name],
    // Read again before each change, because another tab writes here too.
    set(name, value) {
      memory = { ...read(), [name]: value };
      try {
        localStorage.setItem(key, JSON.stringify(memory));
      } catch { /* blocked or full */ }
    },
    clear() {
      memory = null;
      try {
        localStorage.removeItem(key);
      } catch { /* blocked */ }
    },
  };
}

export function clearEverything() {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith("ventanilla.")) localStorage.removeItem(key);
  } catch { /* blocked: then nothing was kept */ }
}

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What happens around the page: the network comes and goes, the tab sleeps and wakes, another tab writes or leaves.

export function watchWorld({ wake, offline, kept, written, erased }) {
  window.addEventListener("online", wake);
  window.addEventListener("offline", offline);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) wake(); });
  // Back must not show what a page remembered.
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key !== kept) return;
    if (newValue === null) erased();
    else written();
  });
}

"""How soon the chat can be used on a bad line and a cheap phone: python -m benchmarks.web_load [address].

Chromium, 360 pixels wide, nothing cached. The line: 400 kbit/s each way and 400 ms for every request (Chromium's own
emulation, which counts no connection set-up). "Usable": the first message is shown and the text field takes text, which
it does before the script is there; "taken over": the script answers for the form. The phone: everything computed 4 times
slower, no line emulated; "blocked" is the sum of what tasks took beyond 50 ms each (total blocking time), from the first
paint until two seconds after an answer with services was shown. Medians. Without an address the server is started here.
"""

from __future__ import annotations

import os
import statistics
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks import machine
from benchmarks.servers import ventanilla

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
RUNS = 7
BYTES_PER_SECOND = 400_000 / 8
LATENCY_MILLISECONDS = 400
SLOWER = 4
USABLE_SECONDS = 3.0
BLOCKED_MILLISECONDS = 100
MOST_BYTES = 40 * 1024
LANGUAGE = "ar"
QUESTION = "أحتاج إلى طبيب"
WATCH = """
(() => {
  const seen = window.seen = {};
  const look = () => {
    const greeting = document.querySelector(".message .text"), field = document.querySelector("textarea");
    const styled = greeting && getComputedStyle(greeting).borderRadius !== "0px";
    if (!seen.usable && styled && greeting.checkVisibility() && field && !field.disabled) {
      seen.usable = performance.now();
      field.focus();
      document.execCommand("insertText", false, "abc");
      seen.takesText = field.value === "abc";
    }
    if (document.querySelector("[data-ready]")) seen.ready ??= performance.now();
    if (!seen.ready) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""
TASKS = """
window.tasks = [];
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) window.tasks.push([startTime, duration]);
}).observe({ type: "longtask", buffered: true });
"""


@dataclass(frozen=True)
class Load:
    """One load on the line: seconds until usable and until taken over, and bytes received by then, heads included."""

    usable: float
    taken_over: float
    received: int


def load_on_the_line(browser: Browser, address: str) -> Load:
    """Return how one load went.

    Raises:
        RuntimeError: the text field lost what was typed before the script was there.
    """
    page, session = _fresh(browser, WATCH)
    received: list[int] = []
    session.send("Network.enable")
    rates = {"downloadThroughput": BYTES_PER_SECOND, "uploadThroughput": BYTES_PER_SECOND}
    session.send("Network.emulateNetworkConditions", {"offline": False, "latency": LATENCY_MILLISECONDS, **rates})
    session.on("Network.loadingFinished", lambda event: received.append(int(event["encodedDataLength"])))
    page.goto(address, wait_until="commit")
    page.locator("[data-ready]").wait_for(timeout=60_000)
    seen = page.evaluate("window.seen")
    if not seen["takesText"] or page.locator("textarea").input_value() != "abc":
        raise RuntimeError("what was typed early is lost")
    page.context.close()
    return Load(seen["usable"] / 1000, seen["ready"] / 1000, sum(received))


def blocked_on_the_phone(browser: Browser, address: str) -> float:
    """Return the milliseconds for which a slow phone did not react while the page was loaded and a question answered."""
    page, session = _fresh(browser, TASKS)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address)
    _wait_for(page, session, "[data-ready]")
    left, top = _ask(session, "(({ x, y }) => [x, y])(document.querySelector('textarea').getBoundingClientRect())")
    page.mouse.click(left + 20, top + 20)
    page.keyboard.insert_text(QUESTION)
    page.keyboard.press("Enter")
    _wait_for(page, session, ".card")
    page.wait_for_timeout(2000)
    paint = _ask(session, "performance.getEntriesByName('first-contentful-paint')[0].startTime")
    tasks: list[list[float]] = _ask(session, "window.tasks")
    page.context.close()
    return sum(max(0.0, duration - 50) for starts, duration in tasks if starts >= paint)


def _fresh(browser: Browser, script: str) -> tuple[Page, Any]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True)
    page = context.new_page()
    page.add_init_script(script)
    return page, context.new_cdp_session(page)


# Playwright's own helpers run scripts in the page that take a slow phone longer than ours do: these do not.
def _ask(session: Any, expression: str) -> Any:
    found = session.send("Runtime.evaluate", {"expression": expression, "returnByValue": True})
    return found["result"].get("value")


def _wait_for(page: Page, session: Any, selector: str) -> None:
    for _ in range(300):
        if _ask(session, f"Boolean(document.querySelector('{selector}'))"):
            return
        page.wait_for_timeout(100)
    raise RuntimeError(f"{selector} did not come")


def measure(origin: str) -> bool:
    """Print the figures; return whether every goal was reached."""
    address = f"{origin}/chat/turin?language={LANGUAGE}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        load_on_the_line(browser, address)
        loads = [load_on_the_line(browser, address) for _ in range(RUNS)]
        blocked = statistics.median(blocked_on_the_phone(browser, address) for _ in range(RUNS))
        # On a busy machine tasks wait for each other, which looks like work of the page.
        load = os.getloadavg()[0]
        print(f"Chromium {browser.version}; {machine.describe()}; load {load:.1f}; {RUNS} runs, {LANGUAGE}")
        browser.close()
    usable = statistics.median(load.usable for load in loads)
    received = max(load.received for load in loads)
    rows = (
        ("usable, on 400 kbit/s and 400 ms", f"{usable:.2f} s", f"{USABLE_SECONDS} s", usable <= USABLE_SECONDS),
        ("received", f"{received:,} bytes", f"{MOST_BYTES:,}", received <= MOST_BYTES),
        ("blocked, 4 times slower", f"{blocked:.0f} ms", f"{BLOCKED_MILLISECONDS} ms", blocked <= BLOCKED_MILLISECONDS),
    )
    for name, figure, goal, reached in rows:
        print(f"{name:<36}{figure:>16}   goal {goal}{'' if reached else ': MISSED'}")
    print(f"{'taken over by the script':<36}{statistics.median(load.taken_over for load in loads):>14.2f} s")
    return all(reached for *_, reached in rows)


def main(arguments: list[str]) -> int:
    """Measure the server at an address, or one that is started here; return 1 where a goal is missed."""
    with nullcontext() if arguments else ventanilla() as server:
        return int(not measure(arguments[0].rstrip("/") if arguments else server.url))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""How long a viewer of the explorer waits, from a click to new pictures: `python bench/explorer.py`.

    python bench/explorer.py [--run RUN] [--clicks N] [--threads N]

Serves the run (by default the one that travels with the package) by `causaldsl serve`, and opens it in a real Chromium.
A click on a node of the graph sets it, sees it or lets it be, for 2 x 10 pictures; the clock runs, in the browser, from
the click until the pictures of both strips are decoded. `at once`: clicks that follow each other; `while the judge
reads`: half a second after the pictures, when the page lets the judge read. Then the time of the answer alone, in this
process, and that of the run's report, its evaluation being there already.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from playwright.sync_api import sync_playwright

from causaldsl.explorer.look import Explorer
from causaldsl.explorer.state import read_state
from causaldsl.report.page import write_report
from causaldsl.resources import DEMO
from causaldsl.train.run import Run, open_run

NODES = ("Bald", "Mustache", "Male", "Smiling")
PAUSES = {"at once": 0.0, "while the judge reads": 0.5}
CLICK = """node => new Promise(done => {
  const heading = document.querySelector('.world.done h2'), before = heading.textContent, begun = performance.now();
  const look = async () => {
    if (heading.textContent === before) return requestAnimationFrame(look);
    await Promise.all([...document.querySelectorAll('.strip img')].map(picture => picture.decode()));
    done(performance.now() - begun);
  };
  document.querySelector(`#graph [aria-label^="${node}:"]`).dispatchEvent(new MouseEvent('click', {bubbles: true}));
  look();
})"""


@contextmanager
def served(run: Path, threads: int) -> Iterator[str]:
    command = [sys.executable, "-m", "causaldsl", "serve", str(run), "--port", "0"]
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as server:
        try:
            assert server.stderr is not None
            found = re.search(r"http://\S+/", server.stderr.readline())
            assert found is not None
            yield found.group()
        finally:
            server.send_signal(signal.SIGINT)


def clicks(run: Path, n: int, threads: int) -> dict[str, list[float]]:
    """Milliseconds from a click to the pictures, each node in turn."""
    found: dict[str, list[float]] = {pause: [] for pause in PAUSES}
    with served(run, threads) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address)
        page.wait_for_selector(".strip img")
        for what, pause in PAUSES.items():
            for turn in range(n):
                page.wait_for_timeout(1000 * pause)
                found[what].append(page.evaluate(CLICK, NODES[turn % len(NODES)]))
        browser.close()
    return found


def answers(run: Run, n: int) -> list[float]:
    """Milliseconds of the answer alone."""
    explorer, found = Explorer(run.model, "bench"), []
    for turn in range(n):
        state = read_state([("do", f"{NODES[turn % len(NODES)]}=1"), ("seed", str(turn))], run.graph)
        begun = time.perf_counter()
        explorer.look(state)
        found.append(1000 * (time.perf_counter() - begun))
    return found


def report(run: Run) -> float:
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        write_report(run, Path(folder) / "report.html")
        return time.perf_counter() - begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, default=DEMO)
    parser.add_argument("--clicks", type=int, default=40)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    begun = time.perf_counter()
    run = open_run(options.run)
    print(f"open the run: {1000 * (time.perf_counter() - begun):.0f} ms")
    found = clicks(options.run, options.clicks, options.threads)
    rows = {f"click to pictures, {what}": times for what, times in found.items()}
    for what, times in {**rows, "answer alone": answers(run, options.clicks)}.items():
        worst = sorted(times)[int(0.95 * len(times))]
        print(f"{what}: median {statistics.median(times):.0f} ms, 95 % within {worst:.0f} ms, most {max(times):.0f} ms")
    print(f"report: {report(run):.1f} s")


if __name__ == "__main__":
    main()

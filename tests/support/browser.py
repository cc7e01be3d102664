"""The real browser of the journeys: which one, and how it is started.

An installed Chromium or Chrome comes first, then the one that Playwright downloads for itself. `python -m
tests.support.browser` tells which one is found, and ends with status 1 when there is none.
"""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

PATH_VARIABLE = "TEST_BROWSER"
INSTALLED_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Quiet, and silent on the network: the only traffic of a journey is the one between its page and our server.
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class BrowserMissing(Exception):
    """There is no browser on this machine."""


def find(playwright: Playwright) -> str:
    """Give the path of the browser to use; raise BrowserMissing when there is none.

    TEST_BROWSER, a path, goes before everything else.
    """
    wanted = os.environ.get(PATH_VARIABLE)
    candidates = [wanted] if wanted else [*INSTALLED_NAMES, playwright.chromium.executable_path]
    for candidate in candidates:
        path = shutil.which(candidate)
        if path:
            return path
    raise BrowserMissing(
        f"{wanted} is not a program." if wanted else "Neither Chromium nor Chrome is installed."
    )


def launch(playwright: Playwright) -> Browser:
    """Start the browser without a window; the caller closes it. Raises BrowserMissing."""
    # Chromium's sandbox cannot be built by root; everybody else keeps it.
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(
        executable_path=Path(find(playwright)), headless=True, args=[*FLAGS, *as_root]
    )


def _tell() -> int:
    with sync_playwright() as playwright:
        try:
            sys.stdout.write(f"{find(playwright)}\n")
        except BrowserMissing as problem:
            sys.stderr.write(f"{problem}\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(_tell())

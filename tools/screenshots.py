"""Makes the README's pictures from a running demonstration, in the browser that the tests use.

make run                                              # in another terminal
.venv/bin/python tools/screenshots.py [address]       # writes docs/screens/*.png
"""

import json
import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support import browser as browsers  # noqa: E402 - found only from the project's folder

FOLDER = ROOT / "docs" / "screens"
ACCOUNTS = Path(os.environ.get("INSTANCE") or ROOT / "instance") / "demo-accounts.json"
# name, path, language, theme, width, role that is signed in
PICTURES = (
    ("landing-en", "/", "en", "light", 1366, None),
    ("landing-ar", "/", "ar", "light", 1366, None),
    ("problems-en", "/problems", "en", "light", 1366, None),
    ("problem-en", "/problems/7", "en", "light", 1366, None),
    ("team-en", "/teams?state=approved", "en", "light", 1366, None),
    ("team-ar-dark", "/teams?state=approved", "ar", "dark", 1366, None),
    ("waiting-en", "/", "en", "light", 1366, "lead"),
    ("waiting-ar-phone", "/", "ar", "light", 390, "lead"),
)


def main() -> int:
    """Open each page, take its picture, say where it is."""
    address = sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    accounts = json.loads(ACCOUNTS.read_text()) if ACCOUNTS.exists() else []
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = browsers.launch(playwright)
        for name, path, language, theme, width, role in PICTURES:
            context = browser.new_context(
                locale=language,
                color_scheme="dark" if theme == "dark" else "light",
                viewport={"width": width, "height": 900},
            )
            context.add_cookies([{"name": "lang", "value": language, "url": address}])
            page = context.new_page()
            if role:
                account = next(one for one in accounts if one["role"] == role)
                page.goto(f"{address}/sign-in")
                page.fill("[name=email]", account["email"])
                page.fill("[name=password]", account["password"])
                page.click("main form [type=submit]")
            page.goto(f"{address}{path}")
            if path.startswith("/teams?"):
                page.click("ol.ta-list h3 a >> nth=0")
            page.screenshot(path=FOLDER / f"{name}.png", full_page=False)
            print(f"docs/screens/{name}.png")
            context.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

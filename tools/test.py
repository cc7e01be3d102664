"""Runs every test: on SQLite, on a real PostgreSQL server, and as journeys in a real browser.

`make test` starts it. Each part is a pytest run of its own; all three are run even if one fails. The end of the output
is one table and a line "N passed, N failed", also kept in test-results/summary.txt. Words after the command go on to
pytest: `make test ARGS="-k teams"`.
"""

import contextlib
import os
import random
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "test-results"
PROCESSES = os.environ.get("TEST_PROCESSES") or str(min(4, max(2, os.cpu_count() or 2)))
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
# The same seed brings the same order back: SEED=... make test.
SEED = os.environ.get("SEED") or str(random.SystemRandom().randrange(10**6))
NOTHING_COLLECTED = 5
FETCH_SECONDS = 600

sys.path.insert(0, str(ROOT))
from tests.support import postgres  # noqa: E402 - a script in tools/ has to name the project's folder first.


@dataclass
class Part:
    """What came of one of the three runs."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    remark: str = ""
    ok: bool = True


def main(arguments: list[str]) -> int:
    """Run the parts one after the other, sum them up; give the exit status."""
    RESULTS.mkdir(exist_ok=True)
    subprocess.run([sys.executable, "tools/catalogues.py", "--compile"], cwd=ROOT, check=True)
    say(f"Order of the tests: SEED={SEED}")
    parts = [on_sqlite(arguments), on_postgres(arguments), journeys(arguments)]
    summary = "\n".join(summarise(parts, narrowed=bool(arguments)))
    (RESULTS / "summary.txt").write_text(summary + "\n")
    say("\n" + summary)
    return 0 if all(part.ok for part in parts) else 1


def on_sqlite(arguments: list[str]) -> Part:
    """Everything that needs no browser, on SQLite."""
    return run("SQLite", "not browser", {"TEST_DATABASE": "sqlite"}, arguments)


def on_postgres(arguments: list[str]) -> Part:
    """The same on PostgreSQL, but for the tests that touch no database."""
    try:
        with postgres.start():
            return run("PostgreSQL", "not browser and not pure", {"TEST_DATABASE": "postgresql"}, arguments)
    except postgres.PostgresUnavailable as problem:
        return Part("PostgreSQL", ok=False, remark=f"not run: {problem}")


def journeys(arguments: list[str]) -> Part:
    """The stories in a real browser, on SQLite. Without one they are not run, which in CI is a failure."""
    if not browser_is_here():
        say("\nThere is no browser, so the journeys are not run. Install Chromium to run them.")
        return Part("Browser", ok=not IN_CI, remark="not run: no browser on this machine")
    return run("Browser", "browser", {"TEST_DATABASE": "sqlite"}, arguments)


def run(name: str, marked: str, environment: dict[str, str], arguments: list[str]) -> Part:
    """Run pytest once over the tests that the marker expression picks."""
    say(f"\n== {name}")
    report = RESULTS / f"{name.lower()}.xml"
    report.unlink(missing_ok=True)
    began = time.monotonic()
    # A file goes to one process whole: what its tests share is built once. The files keep the order of tests/conftest.py.
    spread = ["-n", PROCESSES, "--dist", "loadfile", "--no-loadscope-reorder"]
    command = [sys.executable, "-m", "pytest", "-q", *spread, "-m", marked, f"--junitxml={report}"]
    done = subprocess.run(
        [*command, f"--randomly-seed={SEED}", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        check=False,
    )
    part = read_report(name, report)
    part.seconds = time.monotonic() - began
    part.ok = done.returncode == 0 or (done.returncode == NOTHING_COLLECTED and bool(arguments))
    if done.returncode == NOTHING_COLLECTED:
        part.remark = "no test was found"
    elif not part.ok and not part.failed:
        part.remark = f"pytest ended with status {done.returncode}"
    return part


def read_report(name: str, report: Path) -> Part:
    """Count what pytest wrote; a test that could not be set up counts as failed."""
    part = Part(name)
    if report.exists():
        for suite in ET.parse(report).iter("testsuite"):  # noqa: S314 - see the import.
            part.failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            part.skipped += int(suite.get("skipped", 0))
            part.passed += int(suite.get("tests", 0))
        part.passed -= part.failed + part.skipped
    return part


def browser_is_here() -> bool:
    """Tell whether a browser can be used, after trying to get one.

    Root takes the system's package, which brings the libraries a browser needs; others cannot, and try Playwright's.
    """
    if found_browser():
        return True
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0:
        say("\nInstalling Chromium (Debian's package)")
        unasked = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for order in (["update"], ["install", "-y", "chromium"]):
            subprocess.run([apt, "-qq", *order], stdout=subprocess.DEVNULL, env=unasked, check=False)
    else:
        say("\nFetching Playwright's own Chromium")
        fetch = [sys.executable, "-m", "playwright", "install", "chromium"]
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(fetch, capture_output=True, check=False, timeout=FETCH_SECONDS)
    return found_browser()


def found_browser() -> bool:
    """Tell whether tests.support.browser finds one."""
    probe = [sys.executable, "-m", "tests.support.browser"]
    return subprocess.run(probe, cwd=ROOT, capture_output=True, check=False).returncode == 0


def summarise(parts: list[Part], *, narrowed: bool) -> list[str]:
    """Give the lines of the table, the last one the sum."""
    lines = [f"{'Tests':<12}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}"]
    for part in parts:
        figures = f"{part.passed:>8}{part.failed:>8}{part.skipped:>9}{part.seconds:>9.0f}"
        lines.append(f"{part.name:<12}{figures}{'  ' + part.remark if part.remark else ''}")
    if narrowed:
        lines.append("(only the tests that ARGS picked)")
    # A part that broke without a failing test still has to show in the sum.
    failed = sum(part.failed or (0 if part.ok else 1) for part in parts)
    lines.append(
        f"{sum(p.passed for p in parts)} passed, {failed} failed, {sum(p.skipped for p in parts)} skipped"
    )
    return lines


def say(line: str) -> None:
    """Tell the person at the terminal what is going on."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The worker does what is due, and stops when told."""

import os
import pathlib
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest

from app.core import jobs, schema
from app.core.jobs import periodic

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture
def calls(app, monkeypatch) -> list[str]:
    """One job of the tests' own."""
    seen: list[str] = []
    monkeypatch.setattr(jobs, "JOBS", {})
    periodic("tests.one", timedelta(hours=1))(lambda: seen.append("one") or 1)
    return seen


def test_once_does_what_is_due_and_ends(app, calls) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["worker", "--once"]).exit_code == 0
    assert runner.invoke(args=["worker", "--once"]).exit_code == 0
    assert calls == ["one"]


def test_it_waits_for_the_database_to_be_set_up(app, calls, monkeypatch) -> None:
    monkeypatch.setattr(schema, "newest", lambda: "0099")
    assert app.test_cli_runner().invoke(args=["worker", "--once"]).exit_code == 0
    assert calls == []


def test_a_fault_of_the_database_does_not_end_it(app, calls, monkeypatch, caplog) -> None:
    def gone() -> None:
        raise OSError("gone")

    monkeypatch.setattr(schema, "current", gone)
    assert app.test_cli_runner().invoke(args=["worker", "--once"]).exit_code == 0
    assert "the round failed: OSError" in caplog.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_soon_after_it_is_told(tmp_path, number) -> None:
    env = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'w.sqlite'}",
        "INSTANCE": str(tmp_path),
        "TAAWUN_ENV": "development",
    }
    worker = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
        cwd=ROOT,
        env=env,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert "jobs, as" in worker.stderr.readline()
        began = time.monotonic()
        worker.send_signal(number)
        assert worker.wait(10) == 0
        assert time.monotonic() - began < 5
    finally:
        worker.kill()
        worker.stderr.close()
        worker.wait()

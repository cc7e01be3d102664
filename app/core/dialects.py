"""The only place that names a database, beside `core.written`: connections, full text, similar names, triggers.

`migrations/versions` calls nothing from here; it holds the statements as they were on the day. What the two
databases do differently at run time stands side by side in these functions.
"""

import fcntl
import json
import pathlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    ARRAY,
    Connection,
    Engine,
    Integer,
    Select,
    String,
    Table,
    TextClause,
    bindparam,
    column,
    event,
    func,
    select,
    text,
)

from app.core.written import Written

MANY_PIECES = 6
MOST_PREPARED = 300
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-65536",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA busy_timeout=15000",
)


def engine_options(url: str) -> dict[str, Any]:
    """Options of create_engine for a database address.

    The connection used last is taken first: it has its pages and its prepared statements at hand.
    """
    last_first = {"pool_use_lifo": True}
    if url.startswith("sqlite"):
        import pysqlite3.dbapi2 as sqlite  # newer than Python's own: free of the WAL-reset fault of 3.7.0 to 3.51.2

        return {
            "module": sqlite,
            "connect_args": {"timeout": 15, "cached_statements": MOST_PREPARED},
            **last_first,
        }
    return {**last_first, "pool_size": 8, "max_overflow": 8, "pool_pre_ping": True, "pool_recycle": 1800}


def prepare(engine: Engine) -> None:
    """Set up each connection: on SQLite our pragmas, a plain BEGIN for reading, BEGIN IMMEDIATE for writing.

    On PostgreSQL, too, more statements stay prepared than the driver's hundred, and a page that is read out of order is taken
    to cost hardly more than the next one: so it is in memory and on today's disks, and the server's own guess (4) has it
    read whole tables where a list needs 25 rows.
    """
    engine.dialect.statement_compiler = type("Compiler", (Written, engine.dialect.statement_compiler), {})
    if engine.dialect.name != "sqlite":

        @event.listens_for(engine, "connect")
        def _set_up(connection: Any, _record: Any) -> None:
            connection.prepared_max = MOST_PREPARED
            connection.execute("SET random_page_cost = 1.1")
            connection.commit()

        return

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        write = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@lru_cache(maxsize=4)
def for_reading(engine: Engine) -> Engine:
    """The engine for reads outside of `transaction()`.

    On PostgreSQL each statement stands alone there: with READ COMMITTED it sees the same either way, and the driver
    forgets at each ROLLBACK all statements that it had prepared, so that every page paid for planning them anew.
    """
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="AUTOCOMMIT")


# What belongs to a row is looked up for each row: a planner who is not told how few they are reads whole tables into a hash.
_FOR_LONG = ("plan_cache_mode = force_generic_plan", "enable_hashjoin = off", "enable_mergejoin = off")
_PLAN_ONCE = "; ".join(f"SET {setting}" for setting in _FOR_LONG)
_PLAN_AS_BEFORE = "; ".join(f"RESET {setting.split()[0]}" for setting in _FOR_LONG)


@contextmanager
def planned_once(connection: Connection) -> Iterator[None]:
    """What is run meanwhile is planned by PostgreSQL once for all values; SQLite does so anyway (`core.written`).

    For statements of dozens of parts: to plan one anew for each reader takes two to four times as long as running it.
    """
    if connection.dialect.name == "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute(_PLAN_ONCE, prepare=False)
    try:
        yield
    finally:
        with suppress(
            connection.dialect.loaded_dbapi.Error
        ):  # in a transaction that failed it goes back by itself
            driver.execute(_PLAN_AS_BEFORE, prepare=False)


def _fts_query(must: Sequence[str], words: Sequence[str], every: bool) -> str:
    joined = (" AND " if every else " OR ").join(f'"{word}"*' if every else f'"{word}"' for word in words)
    return " AND ".join([*(f'"{word}"' for word in must), f"({joined})"])


def _ts_query(must: Sequence[str], words: Sequence[str], every: bool) -> str:
    joined = (" & " if every else " | ").join(f"'{word}':*" if every else f"'{word}'" for word in words)
    return " & ".join([*(f"'{word}'" for word in must), f"({joined})"])


def text_hits(dialect: str, must: Sequence[str], words: Sequence[str], limit: int, every: bool) -> TextClause:
    """A statement of (ref_id): the newest `limit` index entries with the words. Words are letters and digits only."""
    if dialect == "sqlite":
        return text(
            "SELECT e.ref_id AS ref_id FROM index_fts f JOIN index_entry e ON e.id = f.rowid "
            "WHERE index_fts MATCH :query ORDER BY f.rowid DESC LIMIT :most"
        ).bindparams(query=_fts_query(must, words, every), most=limit)
    # Materialised first: "newest of a rare word" would otherwise walk the whole key backwards.
    return text(
        "WITH hits AS MATERIALIZED (SELECT id, ref_id FROM index_entry "
        "WHERE to_tsvector('simple', words) @@ to_tsquery('simple', :query)) "
        "SELECT ref_id FROM hits ORDER BY id DESC LIMIT :most"
    ).bindparams(query=_ts_query(must, words, every), most=limit)


def id_list(dialect: str, name: str, value: Any) -> Select[Any]:
    """A select of `ref_id` of many ids, which are one parameter of this name; its value is made by `id_value`."""
    return select(_each(dialect, name, value, Integer).label("ref_id"))


def code_list(dialect: str, name: str, codes: Sequence[str]) -> Select[Any]:
    """A select of `code` of many codes, which are one parameter of this name."""
    return select(_each(dialect, name, id_value(dialect, codes), String).label("code"))


def _each(dialect: str, name: str, value: Any, kind: Any) -> Any:
    given = bindparam(name, value, String if dialect == "sqlite" else ARRAY(kind))
    if dialect == "sqlite":
        return func.json_each(given).table_valued(column("value", kind), name=f"each_{name}").c.value
    return func.unnest(given).column_valued(f"each_{name}")


def id_value(dialect: str, ids: Sequence[int] | Sequence[str]) -> Any:
    """Many ids (or codes) as one value."""
    return json.dumps(list(ids)) if dialect == "sqlite" else list(ids)


def text_ranked(dialect: str, must: str, words: Sequence[str], pool: int, limit: int) -> TextClause:
    """A statement of (ref_id, score): entries with any of the words, ranked among the newest `pool` hits."""
    if dialect == "sqlite":
        return text(
            "SELECT e.ref_id, h.score FROM (SELECT rowid AS id, bm25(index_fts) AS score FROM index_fts "
            "WHERE index_fts MATCH :query ORDER BY rowid DESC LIMIT :pool) h JOIN index_entry e ON e.id = h.id "
            "ORDER BY h.score, e.id DESC LIMIT :most"
        ).bindparams(query=_fts_query([must], words, False), pool=pool, most=limit)
    return text(
        "WITH hits AS MATERIALIZED (SELECT id, ref_id, words FROM index_entry "
        "WHERE to_tsvector('simple', words) @@ to_tsquery('simple', :query) ORDER BY id DESC LIMIT :pool) "
        "SELECT ref_id, -ts_rank(to_tsvector('simple', words), to_tsquery('simple', :query)) AS score "
        "FROM hits ORDER BY score, id DESC LIMIT :most"
    ).bindparams(query=_ts_query([must], words, False), pool=pool, most=limit)


def names_like(dialect: str, pieces: Sequence[str], folded: str, limit: int) -> TextClause:
    """A statement of (institution_id, folded): names with any of these three-letter pieces, likest to `folded` first.

    The caller ranks them finely; this only narrows some 100,000 names to `limit`. `pieces` must not be empty. When
    there are many pieces a name has two that follow each other: tens of thousands of names share a single one.
    """
    many = len(pieces) >= MANY_PIECES
    if dialect == "sqlite":
        quoted = ['"' + piece.replace('"', '""') + '"' for piece in pieces]
        query = (
            " OR ".join(f"({one} AND {two})" for one, two in pairwise(quoted))
            if many
            else " OR ".join(quoted)
        )
        return text(
            "SELECT n.institution_id, n.folded FROM (SELECT rowid AS id, bm25(institution_name_fts) AS score "
            "FROM institution_name_fts WHERE institution_name_fts MATCH :query ORDER BY score LIMIT :most) h "
            "JOIN institution_name n ON n.id = h.id ORDER BY h.score"
        ).bindparams(query=query, most=limit)
    # The trigram index answers each LIKE; only names that share several pieces are worth measuring.
    each = [f"folded LIKE :piece{at}" for at in range(len(pieces))]
    anyof = " OR ".join([f"({one} AND {two})" for one, two in pairwise(each)] if many else each)
    patterns = {f"piece{at}": f"%{_like(piece)}%" for at, piece in enumerate(pieces)}
    return text(
        f"SELECT institution_id, folded FROM institution_name WHERE {anyof} "  # noqa: S608 - only parameter names
        "ORDER BY similarity(folded, :folded) DESC, id LIMIT :most"
    ).bindparams(folded=folded, most=limit, **patterns)


def _like(text_: str) -> str:
    """A text as itself inside a LIKE pattern."""
    return text_.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def names_starting(dialect: str, folded: str, limit: int) -> TextClause:
    """A statement of (institution_id, folded): names that begin with `folded`, the shortest first, by an index."""
    order = "ORDER BY length(folded), institution_id LIMIT :most"
    if dialect == "sqlite":
        return text(
            "SELECT institution_id, folded FROM (SELECT institution_id, folded FROM institution_name "  # noqa: S608 - only constants
            f"WHERE folded >= :least AND folded < :beyond LIMIT 500) {order}"
        ).bindparams(least=folded, beyond=folded + "\U0010ffff", most=limit)
    return text(
        "SELECT institution_id, folded FROM (SELECT institution_id, folded FROM institution_name "  # noqa: S608 - only constants
        f"WHERE folded = :exact OR folded LIKE :pattern LIMIT 500) AS found {order}"
    ).bindparams(exact=folded, pattern=f"{_like(folded)}%", most=limit)


@contextmanager
def names_in_bulk(connection: Connection) -> Iterator[None]:
    """Many institution names change at once: on SQLite their search index is built once at the end, not name by name."""
    if connection.dialect.name != "sqlite":
        yield
        return
    triggers = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'institution_name'")
    ).all()
    for name, _sql in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    yield  # a failure rolls the whole transaction back, the dropped triggers with it
    connection.exec_driver_sql("INSERT INTO institution_name_fts(institution_name_fts) VALUES ('rebuild')")
    for _name, sql in triggers:
        connection.exec_driver_sql(sql)


def is_sqlite(engine: Engine) -> bool:
    """Whether this is the embedded database."""
    return engine.dialect.name == "sqlite"


# ---- Many rows at once, and one set-up at a time -----------------------------------------------------------


def insert_many(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Put very many rows into a table: COPY on PostgreSQL, one prepared statement on SQLite.

    `rows` hold the values of the columns `names`, as records hold them. Nothing is filled in by default.
    """
    kinds = [table.c[name].type.dialect_impl(connection.dialect) for name in names]
    change = [(at, how) for at, kind in enumerate(kinds) if (how := kind.bind_processor(connection.dialect))]

    def ready() -> Iterator[Sequence[Any]]:
        for row in rows:
            values = list(row)
            for at, how in change:
                values[at] = how(values[at])
            yield values

    columns = ", ".join(f'"{name}"' for name in names)
    with _cursor(connection) as cursor:
        if connection.dialect.name == "sqlite":
            marks = ", ".join("?" for _ in names)
            cursor.executemany(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", ready())  # noqa: S608 - names of our own columns
            return
        with cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
            for values in ready():
                copy.write_row(values)


@contextmanager
def _cursor(connection: Connection) -> Iterator[Any]:
    cursor = connection.connection.cursor()
    try:
        yield cursor
    finally:
        cursor.close()


def after_own_keys(connection: Connection, tables: Iterable[Table]) -> None:
    """Rows were added with keys of their own: let the database go on counting after them, and know their spread."""
    for table in tables:
        if connection.dialect.name != "sqlite":
            most = connection.scalar(select(func.max(table.c.id))) or 1
            connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), most)))
    connection.exec_driver_sql("ANALYZE")


def survey(engine: Engine) -> None:
    """Let SQLite's planner learn anew how the values are spread, of tables that changed much; PostgreSQL does so by itself.

    It looks at some rows of each index only (0x10), so that writers wait for milliseconds.
    """
    if engine.dialect.name == "sqlite":
        with engine.execution_options(write=True).begin() as connection:
            connection.exec_driver_sql("PRAGMA optimize = 0x10012")


def settle(engine: Engine, tables: Iterable[Table]) -> None:
    """Very many rows were added: PostgreSQL notes which pages everybody may see whole, as it would do by itself in time."""
    if engine.dialect.name != "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in tables:
                connection.exec_driver_sql(f'VACUUM "{table.name}"')


@contextmanager
def words_in_bulk(connection: Connection) -> Iterator[None]:
    """Many words are added to the index at once: what finds them is built once at the end, not word by word."""
    if connection.dialect.name == "sqlite":
        kind, tables = "trigger", "'index_entry', 'institution_name'"
        made = text(f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ({tables})")  # noqa: S608 - only constants
    else:
        kind = "index"
        made = text("SELECT indexname, indexdef FROM pg_indexes WHERE indexname LIKE 'ix\\_words\\_%'")
    parts = connection.execute(made).all()
    for name, _sql in parts:
        connection.exec_driver_sql(f"DROP {kind} {name}")
    yield  # a failure rolls the whole transaction back, what was dropped with it
    if connection.dialect.name == "sqlite":
        for name in ("index_fts", "institution_name_fts"):
            connection.exec_driver_sql(f"INSERT INTO {name}({name}) VALUES ('rebuild')")  # noqa: S608 - only constants
    for _name, sql in parts:
        connection.exec_driver_sql(sql)


@contextmanager
def one_at_a_time(engine: Engine, file: pathlib.Path) -> Iterator[None]:
    """Wait until nobody else sets up this database: by a locked file on one machine, by PostgreSQL on several."""
    with file.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if engine.dialect.name == "sqlite":
            yield
            return
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("SELECT pg_advisory_lock(hashtext('taawun setup'))"))
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(hashtext('taawun setup'))"))

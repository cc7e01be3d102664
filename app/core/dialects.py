"""The only place that names a database: connections, full text, similar names, triggers.

`migrations/versions` calls nothing from here; it holds the statements as they were on the day. What the two
databases do differently at run time stands side by side in these functions.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, Integer, TextClause, column, event, text

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-65536",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA busy_timeout=15000",
)


def engine_options(url: str) -> dict[str, Any]:
    """Options of create_engine for a database address."""
    if url.startswith("sqlite"):
        import pysqlite3.dbapi2 as sqlite  # newer than Python's own: free of the WAL-reset fault of 3.7.0 to 3.51.2

        return {"module": sqlite, "connect_args": {"timeout": 15}}
    return {"pool_size": 8, "max_overflow": 8, "pool_pre_ping": True, "pool_recycle": 1800}


def prepare(engine: Engine) -> None:
    """Set up each connection: on SQLite our pragmas, a plain BEGIN for reading, BEGIN IMMEDIATE for writing."""
    if engine.dialect.name != "sqlite":
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


def _fts_query(must: Sequence[str], words: Sequence[str], every: bool) -> str:
    joined = (" AND " if every else " OR ").join(f'"{word}"*' if every else f'"{word}"' for word in words)
    return " AND ".join([*(f'"{word}"' for word in must), f"({joined})"])


def _ts_query(must: Sequence[str], words: Sequence[str], every: bool) -> str:
    joined = (" & " if every else " | ").join(f"'{word}':*" if every else f"'{word}'" for word in words)
    return " & ".join([*(f"'{word}'" for word in must), f"({joined})"])


def text_hits(dialect: str, must: Sequence[str], words: Sequence[str], limit: int, every: bool) -> Any:
    """A from-clause of (ref_id): the newest `limit` index entries with the words. Words are letters and digits only."""
    if dialect == "sqlite":
        statement = text(
            "SELECT e.ref_id AS ref_id FROM index_fts f JOIN index_entry e ON e.id = f.rowid "
            "WHERE index_fts MATCH :query ORDER BY f.rowid DESC LIMIT :most"
        ).bindparams(query=_fts_query(must, words, every), most=limit)
    else:
        # Materialised first: "newest of a rare word" would otherwise walk the whole key backwards.
        statement = text(
            "WITH hits AS MATERIALIZED (SELECT id, ref_id FROM index_entry "
            "WHERE to_tsvector('simple', words) @@ to_tsquery('simple', :query)) "
            "SELECT ref_id FROM hits ORDER BY id DESC LIMIT :most"
        ).bindparams(query=_ts_query(must, words, every), most=limit)
    return statement.columns(column("ref_id", Integer)).subquery("hits")


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


def names_like(dialect: str, folded: str, limit: int) -> TextClause:
    """A statement of (institution_id, folded): names that share three-letter pieces with `folded`, best first.

    The caller ranks them finely; this only narrows 100,000 names to `limit`.
    """
    if dialect == "sqlite":
        pieces = sorted({folded[at : at + 3] for at in range(max(0, len(folded) - 2))})[:60]
        query = " OR ".join('"' + piece.replace('"', '""') + '"' for piece in pieces) or '""'
        return text(
            "SELECT n.institution_id, n.folded FROM (SELECT rowid AS id, bm25(institution_name_fts) AS score "
            "FROM institution_name_fts WHERE institution_name_fts MATCH :query ORDER BY score LIMIT :most) h "
            "JOIN institution_name n ON n.id = h.id ORDER BY h.score"
        ).bindparams(query=query, most=limit)
    return text(
        "SELECT institution_id, folded FROM institution_name WHERE folded % :folded "
        "ORDER BY similarity(folded, :folded) DESC LIMIT :most"
    ).bindparams(folded=folded, most=limit)


def is_sqlite(engine: Engine) -> bool:
    """Whether this is the embedded database."""
    return engine.dialect.name == "sqlite"

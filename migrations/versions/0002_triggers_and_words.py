"""What models cannot say: append-only tables, word search, similar names.

Revision: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("audit_entry", "consortium_terms", "team_text")

SQLITE_UP = (
    "CREATE VIRTUAL TABLE index_fts USING fts5(words, content='index_entry', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER index_entry_added AFTER INSERT ON index_entry BEGIN "
    "INSERT INTO index_fts(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER index_entry_gone AFTER DELETE ON index_entry BEGIN "
    "INSERT INTO index_fts(index_fts, rowid, words) VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER index_entry_changed AFTER UPDATE ON index_entry BEGIN "
    "INSERT INTO index_fts(index_fts, rowid, words) VALUES ('delete', old.id, old.words); "
    "INSERT INTO index_fts(rowid, words) VALUES (new.id, new.words); END",
    "CREATE VIRTUAL TABLE institution_name_fts USING fts5(folded, content='institution_name', content_rowid='id', "
    "tokenize='trigram', detail='none')",
    "CREATE TRIGGER institution_name_added AFTER INSERT ON institution_name BEGIN "
    "INSERT INTO institution_name_fts(rowid, folded) VALUES (new.id, new.folded); END",
    "CREATE TRIGGER institution_name_gone AFTER DELETE ON institution_name BEGIN "
    "INSERT INTO institution_name_fts(institution_name_fts, rowid, folded) VALUES ('delete', old.id, old.folded); END",
    "CREATE TRIGGER institution_name_changed AFTER UPDATE ON institution_name BEGIN "
    "INSERT INTO institution_name_fts(institution_name_fts, rowid, folded) VALUES ('delete', old.id, old.folded); "
    "INSERT INTO institution_name_fts(rowid, folded) VALUES (new.id, new.folded); END",
)
SQLITE_DOWN = (
    "DROP TRIGGER institution_name_changed",
    "DROP TRIGGER institution_name_gone",
    "DROP TRIGGER institution_name_added",
    "DROP TABLE institution_name_fts",
    "DROP TRIGGER index_entry_changed",
    "DROP TRIGGER index_entry_gone",
    "DROP TRIGGER index_entry_added",
    "DROP TABLE index_fts",
)
POSTGRESQL_UP = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX ix_words_index_entry ON index_entry USING gin (to_tsvector('simple', words))",
    "CREATE INDEX ix_words_institution_name ON institution_name USING gin (folded gin_trgm_ops)",
    "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
)
POSTGRESQL_DOWN = (
    "DROP FUNCTION refuse_change()",
    "DROP INDEX ix_words_institution_name",
    "DROP INDEX ix_words_index_entry",
)


def upgrade() -> None:
    """Make both databases hold the same promises, each in its own words."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE_UP:
            op.execute(statement)
        for table in APPEND_ONLY:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN "
                    f"SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
    else:
        for statement in POSTGRESQL_UP:
            op.execute(statement)
        for table in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def downgrade() -> None:
    """Take them away again."""
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{verb}")
        for statement in SQLITE_DOWN:
            op.execute(statement)
    else:
        for table in APPEND_ONLY:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        for statement in POSTGRESQL_DOWN:
            op.execute(statement)

"""What the portal keeps for: ledger.

Revision: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

FACTS = (
    "id", "giver_id", "receiver_id", "kind", "text", "language", "quantity", "unit", "due_on", "due_at", "condition",
    "source_kind", "source_id", "source_part", "project_id", "consortium_id", "visibility", "created_at",
    "created_by_id", "reverses_id", "replaces_id",
)  # fmt: skip
FACTS_CHANGED = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FACTS)
# What a line may become: what its last event says, from what it was.
FOLLOWS = """EXISTS (
    SELECT 1 FROM ledger_event e WHERE e.id = NEW.last_event_id AND e.line_id = NEW.id
    AND NOT EXISTS (SELECT 1 FROM ledger_event l WHERE l.line_id = NEW.id AND l.id > e.id)
    AND NEW.state = e.state AND NEW.state_since = e.at
    AND NEW.delivered_at IS NOT DISTINCT FROM CASE
        WHEN e.state = 'pledged' THEN NULL
        WHEN e.what = 'offset' THEN e.at
        WHEN e.what = 'delivered' OR (e.what = 'settled' AND e.state <> 'waived') THEN coalesce(OLD.delivered_at, e.at)
        ELSE OLD.delivered_at END
    AND NEW.given IS NOT DISTINCT FROM CASE
        WHEN e.state = 'pledged' THEN NULL
        WHEN e.what IN ('delivered', 'offset') OR (e.what = 'settled' AND e.state <> 'waived') THEN e.quantity
        ELSE OLD.given END
    AND NEW.received_at IS NOT DISTINCT FROM CASE WHEN e.state = 'received' THEN e.at ELSE OLD.received_at END
    AND NEW.rating IS NOT DISTINCT FROM CASE WHEN e.what = 'rated' THEN e.rating ELSE OLD.rating END)"""
# Which event may come next; nobody receives what they delivered themselves.
COMES_NEXT = """EXISTS (
    SELECT 1 FROM ledger_line l WHERE l.id = NEW.line_id
    AND l.last_event_id IS NOT DISTINCT FROM (SELECT max(e.id) FROM ledger_event e WHERE e.line_id = l.id)
    AND (l.last_event_id IS NULL) = (NEW.what = 'pledged')
    AND (l.reverses_id IS NULL OR NEW.what IN ('pledged', 'offset'))
    AND CASE NEW.what
        WHEN 'pledged' THEN l.state = 'pledged'
        WHEN 'offset' THEN l.state = 'pledged' AND l.reverses_id IS NOT NULL
        WHEN 'delivered' THEN l.state = 'pledged'
        WHEN 'waived' THEN l.state = 'pledged'
        WHEN 'recalled' THEN l.state = 'delivered'
        WHEN 'received' THEN l.state = 'delivered' AND NEW.by_id <> (
            SELECT e.by_id FROM ledger_event e WHERE e.line_id = l.id AND e.what IN ('delivered', 'settled')
            ORDER BY e.id DESC LIMIT 1)
        WHEN 'rated' THEN l.state = 'received'
        WHEN 'disputed' THEN l.state IN ('pledged', 'delivered')
        WHEN 'settled' THEN l.state = 'disputed'
        WHEN 'reversed' THEN l.state IN ('received', 'rated') END)"""
SQLITE = (
    ("ledger_line_no_delete", "BEFORE DELETE ON ledger_line", "1", "ledger_line is insert-only"),
    ("ledger_event_no_delete", "BEFORE DELETE ON ledger_event", "1", "ledger_event is append-only"),
    ("ledger_event_no_update", "BEFORE UPDATE ON ledger_event", "1", "ledger_event is append-only"),
    ("ledger_line_facts", "BEFORE UPDATE ON ledger_line", FACTS_CHANGED, "the facts of a line never change"),
    ("ledger_line_follows", "BEFORE UPDATE ON ledger_line", f"NOT {FOLLOWS}", "a line is what its log says"),
    ("ledger_line_begins", "BEFORE INSERT ON ledger_line", "NEW.last_event_id IS NOT NULL", "a line begins without a log"),
    ("ledger_event_next", "BEFORE INSERT ON ledger_event", f"NOT {COMES_NEXT}", "this event cannot come next"),
)  # fmt: skip
POSTGRESQL_UP = (
    "CREATE FUNCTION ledger_line_follows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF {FACTS_CHANGED} THEN RAISE EXCEPTION 'the facts of a line never change'; END IF; "
    f"IF NOT {FOLLOWS} THEN RAISE EXCEPTION 'a line is what its log says'; END IF; RETURN NEW; END $$",
    "CREATE FUNCTION ledger_line_begins() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF NEW.last_event_id IS NOT NULL THEN RAISE EXCEPTION 'a line begins without a log'; END IF; RETURN NEW; END $$",
    "CREATE FUNCTION ledger_event_next() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF NOT {COMES_NEXT} THEN RAISE EXCEPTION 'this event cannot come next'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER ledger_line_insert_only BEFORE DELETE OR TRUNCATE ON ledger_line "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER ledger_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_event "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER ledger_line_follows BEFORE UPDATE ON ledger_line "
    "FOR EACH ROW EXECUTE FUNCTION ledger_line_follows()",
    "CREATE TRIGGER ledger_line_begins BEFORE INSERT ON ledger_line "
    "FOR EACH ROW EXECUTE FUNCTION ledger_line_begins()",
    "CREATE TRIGGER ledger_event_next BEFORE INSERT ON ledger_event "
    "FOR EACH ROW EXECUTE FUNCTION ledger_event_next()",
)
POSTGRESQL_TRIGGERS = (
    ("ledger_line_insert_only", "ledger_line"),
    ("ledger_line_follows", "ledger_line"),
    ("ledger_line_begins", "ledger_line"),
    ("ledger_event_append_only", "ledger_event"),
    ("ledger_event_next", "ledger_event"),
)


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "ledger_total",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("visibility", sa.String(length=8), nullable=False),
        sa.Column("consortium_id", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_total")),
        sa.UniqueConstraint(
            "giver_id",
            "receiver_id",
            "kind",
            "unit",
            "month",
            "visibility",
            "consortium_id",
            name="uq_ledger_total_key",
        ),
    )
    with op.batch_alter_table("ledger_total", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_total_consortium", ["consortium_id", "month"], unique=False)
        batch_op.create_index(
            "ix_ledger_total_kind",
            ["visibility", "kind", "unit", "giver_id", "receiver_id", "month", "lines", "quantity"],
            unique=False,
        )
        batch_op.create_index("ix_ledger_total_receiver", ["receiver_id", "month"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ordered_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'made') = (file_id IS NOT NULL)", name=op.f("ck_document_made_has_file")
        ),
        sa.CheckConstraint("(state = 'made') = (made_at IS NOT NULL)", name=op.f("ck_document_made_when")),
        sa.CheckConstraint("state IN ('waiting', 'made', 'failed')", name=op.f("ck_document_state")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_document_file_id")),
        sa.ForeignKeyConstraint(["ordered_by_id"], ["person.id"], name=op.f("fk_document_ordered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("file_id", name=op.f("uq_document_file_id")),
        sa.UniqueConstraint(
            "kind", "thing_id", "key", "language", name=op.f("uq_document_kind_thing_id_key_language")
        ),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_state"), ["state"], unique=False)

    op.create_table(
        "ledger_side_total",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("visibility", sa.String(length=8), nullable=False),
        sa.Column("consortium_id", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("side IN ('giver', 'receiver')", name=op.f("ck_ledger_side_total_side")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_ledger_side_total_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_side_total")),
        sa.UniqueConstraint(
            "institution_id",
            "side",
            "kind",
            "unit",
            "month",
            "visibility",
            "consortium_id",
            name="uq_ledger_side_total_key",
        ),
    )
    with op.batch_alter_table("ledger_side_total", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ledger_side_total_sums",
            [
                "institution_id",
                "side",
                "kind",
                "unit",
                "month",
                "visibility",
                "consortium_id",
                "lines",
                "quantity",
            ],
            unique=False,
        )

    op.create_table(
        "ledger_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("source_kind", sa.String(length=14), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("source_part", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("consortium_id", sa.Integer(), nullable=True),
        sa.Column("visibility", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given", sa.BigInteger(), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("last_event_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(quantity IS NULL) = (unit = '')", name=op.f("ck_ledger_line_quantity_has_unit")),
        sa.CheckConstraint(
            "(source_kind = 'manual') = (source_id IS NULL)", name=op.f("ck_ledger_line_source_named")
        ),
        sa.CheckConstraint(
            "last_event_id IS NOT NULL OR (state = 'pledged' AND delivered_at IS NULL AND received_at IS NULL AND given IS NULL AND rating IS NULL)",
            name=op.f("ck_ledger_line_begins_pledged"),
        ),
        sa.CheckConstraint(
            "received_at IS NULL OR state IN ('received', 'rated', 'reversed')",
            name=op.f("ck_ledger_line_only_received_counts"),
        ),
        sa.CheckConstraint(
            "source_kind IN ('commitment', 'exchange_leg', 'manual')", name=op.f("ck_ledger_line_source_kind")
        ),
        sa.CheckConstraint(
            "state <> 'rated' OR rating IS NOT NULL", name=op.f("ck_ledger_line_rated_has_rating")
        ),
        sa.CheckConstraint(
            "state IN ('pledged', 'delivered', 'received', 'rated', 'waived', 'disputed', 'reversed')",
            name=op.f("ck_ledger_line_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('received', 'rated', 'reversed') OR received_at IS NOT NULL",
            name=op.f("ck_ledger_line_received_when"),
        ),
        sa.CheckConstraint("visibility IN ('public', 'parties')", name=op.f("ck_ledger_line_visibility")),
        sa.CheckConstraint(
            "(due_on IS NULL) = (due_at IS NULL)", name=op.f("ck_ledger_line_due_day_has_instant")
        ),
        sa.CheckConstraint(
            "given IS NULL OR quantity IS NOT NULL", name=op.f("ck_ledger_line_given_has_unit")
        ),
        sa.CheckConstraint("giver_id <> receiver_id", name=op.f("ck_ledger_line_two_sides")),
        sa.CheckConstraint(
            "quantity <> 0 AND (quantity > 0) = (reverses_id IS NULL)",
            name=op.f("ck_ledger_line_only_reversals_subtract"),
        ),
        sa.CheckConstraint("rating IS NULL OR rating BETWEEN -2 AND 2", name=op.f("ck_ledger_line_rating")),
        sa.CheckConstraint(
            "receiver_id IS NOT NULL OR consortium_id IS NOT NULL",
            name=op.f("ck_ledger_line_pool_has_consortium"),
        ),
        sa.CheckConstraint(
            "reverses_id IS NULL OR replaces_id IS NULL", name=op.f("ck_ledger_line_reverses_or_replaces")
        ),
        sa.ForeignKeyConstraint(
            ["consortium_id"], ["consortium.id"], name=op.f("fk_ledger_line_consortium_id")
        ),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_ledger_line_created_by_id")),
        sa.ForeignKeyConstraint(["giver_id"], ["institution.id"], name=op.f("fk_ledger_line_giver_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_ledger_line_project_id")),
        sa.ForeignKeyConstraint(["receiver_id"], ["institution.id"], name=op.f("fk_ledger_line_receiver_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["ledger_line.id"], name=op.f("fk_ledger_line_replaces_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["ledger_line.id"], name=op.f("fk_ledger_line_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_line")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_ledger_line_replaces_id")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_ledger_line_reverses_id")),
    )
    with op.batch_alter_table("ledger_line", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ledger_line_consortium", ["consortium_id", "state", "due_at", "id"], unique=False
        )
        batch_op.create_index("ix_ledger_line_giver", ["giver_id", "id"], unique=False)
        batch_op.create_index(
            "ix_ledger_line_giver_open",
            ["giver_id", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('pledged', 'delivered', 'disputed')"),
            postgresql_where=sa.text("state IN ('pledged', 'delivered', 'disputed')"),
        )
        batch_op.create_index(
            "ix_ledger_line_giver_received",
            ["giver_id", "received_at", "id"],
            unique=False,
            sqlite_where=sa.text("received_at IS NOT NULL"),
            postgresql_where=sa.text("received_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_ledger_line_open_due",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('pledged', 'delivered', 'disputed')"),
            postgresql_where=sa.text("state IN ('pledged', 'delivered', 'disputed')"),
        )
        batch_op.create_index(
            "ix_ledger_line_pool",
            ["consortium_id", "state", "id"],
            unique=False,
            sqlite_where=sa.text("receiver_id IS NULL"),
            postgresql_where=sa.text("receiver_id IS NULL"),
        )
        batch_op.create_index(
            "ix_ledger_line_project",
            ["project_id", "receiver_id", "state"],
            unique=False,
            sqlite_where=sa.text("project_id IS NOT NULL"),
            postgresql_where=sa.text("project_id IS NOT NULL"),
        )
        batch_op.create_index("ix_ledger_line_receiver", ["receiver_id", "id"], unique=False)
        batch_op.create_index(
            "ix_ledger_line_receiver_open",
            ["receiver_id", "id"],
            unique=False,
            sqlite_where=sa.text("state IN ('pledged', 'delivered', 'disputed')"),
            postgresql_where=sa.text("state IN ('pledged', 'delivered', 'disputed')"),
        )
        batch_op.create_index(
            "ix_ledger_line_receiver_received",
            ["receiver_id", "received_at", "id"],
            unique=False,
            sqlite_where=sa.text("received_at IS NOT NULL"),
            postgresql_where=sa.text("received_at IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_ledger_line_source",
            ["source_kind", "source_id", "source_part"],
            unique=True,
            sqlite_where=sa.text("source_kind <> 'manual' AND reverses_id IS NULL AND replaces_id IS NULL"),
            postgresql_where=sa.text(
                "source_kind <> 'manual' AND reverses_id IS NULL AND replaces_id IS NULL"
            ),
        )

    op.create_table(
        "ledger_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(rating IS NOT NULL) = (what = 'rated')", name=op.f("ck_ledger_event_rated_has_rating")
        ),
        sa.CheckConstraint(
            "(what = 'pledged' AND side IN ('portal') AND state IN ('pledged')) OR (what = 'delivered' AND side IN ('giver') AND state IN ('delivered')) OR (what = 'recalled' AND side IN ('giver') AND state IN ('pledged')) OR (what = 'received' AND side IN ('receiver') AND state IN ('received')) OR (what = 'rated' AND side IN ('receiver') AND state IN ('rated')) OR (what = 'waived' AND side IN ('receiver', 'portal') AND state IN ('waived')) OR (what = 'disputed' AND side IN ('giver', 'receiver') AND state IN ('disputed')) OR (what = 'settled' AND side IN ('mediator') AND state IN ('pledged', 'delivered', 'received', 'waived')) OR (what = 'reversed' AND side IN ('receiver', 'mediator') AND state IN ('reversed')) OR (what = 'offset' AND side IN ('receiver', 'mediator') AND state IN ('received'))",
            name=op.f("ck_ledger_event_said"),
        ),
        sa.CheckConstraint(
            "side = 'portal' OR by_id IS NOT NULL", name=op.f("ck_ledger_event_side_has_person")
        ),
        sa.CheckConstraint("rating BETWEEN -2 AND 2", name=op.f("ck_ledger_event_rating")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_ledger_event_by_id")),
        sa.ForeignKeyConstraint(["line_id"], ["ledger_line.id"], name=op.f("fk_ledger_event_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_event")),
    )
    with op.batch_alter_table("ledger_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_event_by_id"), ["by_id"], unique=False)
        batch_op.create_index("ix_ledger_event_line", ["line_id", "id"], unique=False)

    op.create_table(
        "ledger_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("what IN ('due_soon', 'late', 'confirm')", name=op.f("ck_ledger_reminder_what")),
        sa.ForeignKeyConstraint(["line_id"], ["ledger_line.id"], name=op.f("fk_ledger_reminder_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_reminder")),
        sa.UniqueConstraint("line_id", "what", name=op.f("uq_ledger_reminder_line_id_what")),
    )
    # By hand: what models cannot say.
    if op.get_bind().dialect.name == "sqlite":
        for name, when, condition, why in SQLITE:
            op.execute(
                f"CREATE TRIGGER {name} {when} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{why}'); END"
            )
    else:
        for statement in POSTGRESQL_UP:
            op.execute(statement)


def downgrade() -> None:
    """Back."""
    # By hand
    if op.get_bind().dialect.name == "sqlite":
        for name, *_ in SQLITE:
            op.execute(f"DROP TRIGGER {name}")
    else:
        for name, table in POSTGRESQL_TRIGGERS:
            op.execute(f"DROP TRIGGER {name} ON {table}")
        for name in ("ledger_line_follows", "ledger_line_begins", "ledger_event_next"):
            op.execute(f"DROP FUNCTION {name}()")
    # Made
    op.drop_table("ledger_reminder")
    with op.batch_alter_table("ledger_event", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_event_line")
        batch_op.drop_index(batch_op.f("ix_ledger_event_by_id"))

    op.drop_table("ledger_event")
    with op.batch_alter_table("ledger_line", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_ledger_line_source",
            sqlite_where=sa.text("source_kind <> 'manual' AND reverses_id IS NULL AND replaces_id IS NULL"),
            postgresql_where=sa.text(
                "source_kind <> 'manual' AND reverses_id IS NULL AND replaces_id IS NULL"
            ),
        )
        batch_op.drop_index(
            "ix_ledger_line_receiver_received",
            sqlite_where=sa.text("received_at IS NOT NULL"),
            postgresql_where=sa.text("received_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_ledger_line_receiver_open",
            sqlite_where=sa.text("state IN ('pledged', 'delivered', 'disputed')"),
            postgresql_where=sa.text("state IN ('pledged', 'delivered', 'disputed')"),
        )
        batch_op.drop_index("ix_ledger_line_receiver")
        batch_op.drop_index(
            "ix_ledger_line_project",
            sqlite_where=sa.text("project_id IS NOT NULL"),
            postgresql_where=sa.text("project_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_ledger_line_pool",
            sqlite_where=sa.text("receiver_id IS NULL"),
            postgresql_where=sa.text("receiver_id IS NULL"),
        )
        batch_op.drop_index(
            "ix_ledger_line_open_due",
            sqlite_where=sa.text("state IN ('pledged', 'delivered', 'disputed')"),
            postgresql_where=sa.text("state IN ('pledged', 'delivered', 'disputed')"),
        )
        batch_op.drop_index(
            "ix_ledger_line_giver_received",
            sqlite_where=sa.text("received_at IS NOT NULL"),
            postgresql_where=sa.text("received_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_ledger_line_giver_open",
            sqlite_where=sa.text("state IN ('pledged', 'delivered', 'disputed')"),
            postgresql_where=sa.text("state IN ('pledged', 'delivered', 'disputed')"),
        )
        batch_op.drop_index("ix_ledger_line_giver")
        batch_op.drop_index("ix_ledger_line_consortium")

    op.drop_table("ledger_line")
    with op.batch_alter_table("ledger_side_total", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_side_total_sums")

    op.drop_table("ledger_side_total")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_state"))

    op.drop_table("document")
    with op.batch_alter_table("ledger_total", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_total_receiver")
        batch_op.drop_index("ix_ledger_total_kind")
        batch_op.drop_index("ix_ledger_total_consortium")

    op.drop_table("ledger_total")

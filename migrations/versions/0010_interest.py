"""What the portal keeps for: interest.

Revision: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# What was opened to whom, and who accepted which terms, stays as it was.
APPEND_ONLY = ("interest_opening",)


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "interest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=True),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("owner_institution_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("brings", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("gains", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("owner_language", sa.String(length=10), nullable=False),
        sa.Column("owner_brings", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("owner_gains", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("converted_into", sa.String(length=12), nullable=False),
        sa.Column("converted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("converted_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_code", sa.String(length=40), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(converted_into = '') = (converted_at IS NULL)",
            name=op.f("ck_interest_converted_into_something"),
        ),
        sa.CheckConstraint(
            "(state = 'converted') = (converted_at IS NOT NULL)", name=op.f("ck_interest_converted_has_time")
        ),
        sa.CheckConstraint(
            "(state IN ('accepted', 'converted')) = (decision_code IS NOT NULL AND decision_code = 'accepted')",
            name=op.f("ck_interest_yes_is_said"),
        ),
        sa.CheckConstraint(
            "(state IN ('sent', 'talking')) = (decided_at IS NULL)",
            name=op.f("ck_interest_open_is_undecided"),
        ),
        sa.CheckConstraint(
            "CAST(brings AS TEXT) <> '[]' AND CAST(gains AS TEXT) <> '[]'",
            name=op.f("ck_interest_sender_fills_both"),
        ),
        sa.CheckConstraint(
            "decision_code IS NULL OR decided_by_id IS NOT NULL OR decision_code IN ('lapsed', 'automatic', 'superseded')",
            name=op.f("ck_interest_decided_has_decider"),
        ),
        sa.CheckConstraint(
            "state IN ('sent', 'talking', 'accepted', 'converted', 'declined', 'withdrawn', 'lapsed', 'superseded')",
            name=op.f("ck_interest_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'converted') OR (CAST(owner_brings AS TEXT) <> '[]' AND CAST(owner_gains AS TEXT) <> '[]')",
            name=op.f("ck_interest_owner_fills_both"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('talking', 'accepted', 'converted', 'declined') OR replied_at IS NOT NULL",
            name=op.f("ck_interest_answered_is_replied"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision_code IS NULL)", name=op.f("ck_interest_decided_has_code")
        ),
        sa.CheckConstraint(
            "(listing_id IS NULL) <> (problem_id IS NULL)", name=op.f("ck_interest_one_thing")
        ),
        sa.CheckConstraint(
            "(problem_id IS NULL) = (owner_id IS NULL)", name=op.f("ck_interest_problem_has_author")
        ),
        sa.CheckConstraint(
            "asked_by_id IS NOT NULL AND asked_at IS NOT NULL AND due_at IS NOT NULL",
            name=op.f("ck_interest_somebody_sent_it"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_at IS NOT NULL", name=op.f("ck_interest_decider_has_time")
        ),
        sa.CheckConstraint("institution_id <> owner_institution_id", name=op.f("ck_interest_not_their_own")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_interest_asked_by_id")),
        sa.ForeignKeyConstraint(["converted_by_id"], ["person.id"], name=op.f("fk_interest_converted_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_interest_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_interest_institution_id")
        ),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_interest_listing_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_interest_owner_id")),
        sa.ForeignKeyConstraint(
            ["owner_institution_id"], ["institution.id"], name=op.f("fk_interest_owner_institution_id")
        ),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name=op.f("fk_interest_problem_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
    )
    with op.batch_alter_table("interest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interest_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index("ix_interest_author", ["owner_id", "id"], unique=False)
        batch_op.create_index("ix_interest_institution", ["institution_id", "state"], unique=False)
        batch_op.create_index("ix_interest_listing", ["listing_id", "state"], unique=False)
        batch_op.create_index("ix_interest_owner", ["owner_institution_id", "id"], unique=False)
        batch_op.create_index("ix_interest_problem", ["problem_id", "state"], unique=False)
        batch_op.create_index("ix_interest_waiting", ["state", "due_at"], unique=False)
        batch_op.create_index(
            "uq_interest_open_listing",
            ["institution_id", "listing_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('sent', 'talking')"),
            postgresql_where=sa.text("state IN ('sent', 'talking')"),
        )
        batch_op.create_index(
            "uq_interest_open_problem",
            ["institution_id", "problem_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('sent', 'talking')"),
            postgresql_where=sa.text("state IN ('sent', 'talking')"),
        )

    op.create_table(
        "interest_opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interest_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=8), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("terms", sa.String(length=12), nullable=False),
        sa.Column("terms_sha256", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(terms = '') = (terms_sha256 = '')", name=op.f("ck_interest_opening_version_has_digest")
        ),
        sa.CheckConstraint(
            "what <> 'terms' OR terms <> ''", name=op.f("ck_interest_opening_terms_have_version")
        ),
        sa.CheckConstraint("what IN ('contact', 'detail', 'terms')", name=op.f("ck_interest_opening_what")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_interest_opening_by_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_interest_opening_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["interest_id"], ["interest.id"], name=op.f("fk_interest_opening_interest_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest_opening")),
        sa.UniqueConstraint(
            "interest_id",
            "what",
            "institution_id",
            "terms",
            name=op.f("uq_interest_opening_interest_id_what_institution_id_terms"),
        ),
    )
    with op.batch_alter_table("interest_opening", schema=None) as batch_op:
        batch_op.create_index("ix_interest_opening_institution", ["institution_id", "what"], unique=False)
    # By hand
    for table in APPEND_ONLY:
        if op.get_bind().dialect.name == "sqlite":
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN "
                    f"SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def downgrade() -> None:
    """Back."""
    # By hand
    for table in APPEND_ONLY:
        if op.get_bind().dialect.name == "sqlite":
            for verb in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{verb}")
        else:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    # Made
    with op.batch_alter_table("interest_opening", schema=None) as batch_op:
        batch_op.drop_index("ix_interest_opening_institution")

    op.drop_table("interest_opening")
    with op.batch_alter_table("interest", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_interest_open_problem",
            sqlite_where=sa.text("state IN ('sent', 'talking')"),
            postgresql_where=sa.text("state IN ('sent', 'talking')"),
        )
        batch_op.drop_index(
            "uq_interest_open_listing",
            sqlite_where=sa.text("state IN ('sent', 'talking')"),
            postgresql_where=sa.text("state IN ('sent', 'talking')"),
        )
        batch_op.drop_index("ix_interest_waiting")
        batch_op.drop_index("ix_interest_problem")
        batch_op.drop_index("ix_interest_owner")
        batch_op.drop_index("ix_interest_listing")
        batch_op.drop_index("ix_interest_institution")
        batch_op.drop_index("ix_interest_author")
        batch_op.drop_index(batch_op.f("ix_interest_asked_by_id"))

    op.drop_table("interest")

"""What the portal keeps for: translating.

Revision: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "translation_wanted",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asks", sa.Integer(), nullable=False),
        sa.Column("is_renewal", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("source_language", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.CheckConstraint("asks >= 0", name=op.f("ck_translation_wanted_asks")),
        sa.CheckConstraint("language <> source_language", name=op.f("ck_translation_wanted_two_languages")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translation_wanted")),
        sa.UniqueConstraint(
            "kind", "thing_id", "language", name=op.f("uq_translation_wanted_kind_thing_id_language")
        ),
    )
    with op.batch_alter_table("translation_wanted", schema=None) as batch_op:
        batch_op.create_index(
            "ix_translation_wanted_asked", ["source_language", "language", "asks", "id"], unique=False
        )
        batch_op.create_index(
            "ix_translation_wanted_newest", ["source_language", "language", "since", "id"], unique=False
        )

    op.create_table(
        "translation_ask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_translation_ask_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translation_ask")),
        sa.UniqueConstraint(
            "kind",
            "thing_id",
            "language",
            "person_id",
            name=op.f("uq_translation_ask_kind_thing_id_language_person_id"),
        ),
    )
    with op.batch_alter_table("translation_ask", schema=None) as batch_op:
        batch_op.create_index("ix_translation_ask_person", ["person_id", "asked_at"], unique=False)

    op.create_table(
        "translation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("translator_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("renews_id", sa.Integer(), nullable=True),
        sa.Column("outdated", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("source_language", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
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
        sa.Column("texts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("sources", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR state NOT IN ('accepted', 'superseded') OR decided_by_id <> translator_id",
            name=op.f("ck_translation_checked_by_another"),
        ),
        sa.CheckConstraint(
            "decision_code IS NULL OR decided_by_id IS NOT NULL OR decision_code IN ('lapsed', 'automatic', 'superseded')",
            name=op.f("ck_translation_decided_has_decider"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'proposed', 'needs_changes', 'accepted', 'superseded', 'rejected', 'withdrawn', 'lapsed', 'hidden')",
            name=op.f("ck_translation_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'superseded') OR decided_at IS NOT NULL",
            name=op.f("ck_translation_accepted_was_checked"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision_code IS NULL)", name=op.f("ck_translation_decided_has_code")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_at IS NOT NULL", name=op.f("ck_translation_decider_has_time")
        ),
        sa.CheckConstraint("language <> source_language", name=op.f("ck_translation_two_languages")),
        sa.CheckConstraint("words >= 0 AND characters >= 0", name=op.f("ck_translation_counted")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_translation_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_translation_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_translation_institution_id")
        ),
        sa.ForeignKeyConstraint(["renews_id"], ["translation.id"], name=op.f("fk_translation_renews_id")),
        sa.ForeignKeyConstraint(["translator_id"], ["person.id"], name=op.f("fk_translation_translator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_translation")),
    )
    with op.batch_alter_table("translation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_translation_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_translation_institution_id"), ["institution_id"], unique=False)
        batch_op.create_index("ix_translation_mine", ["translator_id", "begun_at", "id"], unique=False)
        batch_op.create_index("ix_translation_thing", ["kind", "thing_id", "language", "state"], unique=False)
        batch_op.create_index("ix_translation_waiting", ["state", "asked_at", "id"], unique=False)
        batch_op.create_index(
            "uq_translation_accepted",
            ["kind", "thing_id", "language"],
            unique=True,
            sqlite_where=sa.text("state = 'accepted'"),
            postgresql_where=sa.text("state = 'accepted'"),
        )
        batch_op.create_index(
            "uq_translation_in_work",
            ["kind", "thing_id", "language", "translator_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('draft', 'needs_changes', 'lapsed', 'proposed')"),
            postgresql_where=sa.text("state IN ('draft', 'needs_changes', 'lapsed', 'proposed')"),
        )

    op.add_column(
        "problem",
        sa.Column(
            "localised",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    # By hand
    # What is public already is wanted in the other language of the pages.
    for language in ("en", "ar"):
        op.execute(
            f"""
            INSERT INTO translation_wanted
                (kind, thing_id, number, title, source_language, language, since, asks, is_renewal)
            SELECT 'problem', id,
                'P-' || CASE WHEN id > 9999 THEN CAST(id AS TEXT)
                    ELSE substr('000' || CAST(id AS TEXT), length('000' || CAST(id AS TEXT)) - 3) END,
                title, language, '{language}', listed_at, 0, false
            FROM problem
            WHERE visibility = 'public' AND language <> '{language}' AND published_at IS NOT NULL
                AND state IN ('published', 'in_work', 'answered', 'expired', 'closed')
            ORDER BY listed_at, id
            """  # noqa: S608 - the two languages above
        )


def downgrade() -> None:
    """Back."""
    op.drop_column("problem", "localised")

    with op.batch_alter_table("translation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_translation_in_work",
            sqlite_where=sa.text("state IN ('draft', 'needs_changes', 'lapsed', 'proposed')"),
            postgresql_where=sa.text("state IN ('draft', 'needs_changes', 'lapsed', 'proposed')"),
        )
        batch_op.drop_index(
            "uq_translation_accepted",
            sqlite_where=sa.text("state = 'accepted'"),
            postgresql_where=sa.text("state = 'accepted'"),
        )
        batch_op.drop_index("ix_translation_waiting")
        batch_op.drop_index("ix_translation_thing")
        batch_op.drop_index("ix_translation_mine")
        batch_op.drop_index(batch_op.f("ix_translation_institution_id"))
        batch_op.drop_index(batch_op.f("ix_translation_asked_by_id"))

    op.drop_table("translation")
    with op.batch_alter_table("translation_ask", schema=None) as batch_op:
        batch_op.drop_index("ix_translation_ask_person")

    op.drop_table("translation_ask")
    with op.batch_alter_table("translation_wanted", schema=None) as batch_op:
        batch_op.drop_index("ix_translation_wanted_newest")
        batch_op.drop_index("ix_translation_wanted_asked")

    op.drop_table("translation_wanted")

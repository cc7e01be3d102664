"""What the portal keeps for: discussion.

Revision: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# What people read of earlier texts and reports stays as it was.
APPEND_ONLY = ("comment_version", "content_report")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("mentions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("hidden_reason", sa.String(length=12), nullable=False),
        sa.Column("naming", sa.String(length=10), nullable=False),
        sa.Column("naming_asked_by_id", sa.Integer(), nullable=True),
        sa.Column("naming_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("naming_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(naming = 'asked') = (naming_due_at IS NOT NULL)", name=op.f("ck_comment_asked_has_end")
        ),
        sa.CheckConstraint(
            "(state = 'hidden') = (hidden_reason <> '')", name=op.f("ck_comment_hidden_has_reason")
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (text = '')", name=op.f("ck_comment_withdrawn_has_no_text")
        ),
        sa.CheckConstraint(
            "audience IN ('everybody', 'reviewers', 'deciders')", name=op.f("ck_comment_audience")
        ),
        sa.CheckConstraint("naming IN ('', 'asked', 'named', 'declined')", name=op.f("ck_comment_naming")),
        sa.CheckConstraint("state IN ('shown', 'hidden', 'withdrawn')", name=op.f("ck_comment_state")),
        sa.CheckConstraint("parent_id IS NULL OR parent_id <> id", name=op.f("ck_comment_answers_another")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_comment_author_id")),
        sa.ForeignKeyConstraint(
            ["naming_asked_by_id"], ["person.id"], name=op.f("fk_comment_naming_asked_by_id")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["comment.id"], name=op.f("fk_comment_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index("ix_comment_answers", ["parent_id", "id"], unique=False)
        batch_op.create_index("ix_comment_author", ["author_id", "naming"], unique=False)
        batch_op.create_index("ix_comment_naming", ["naming", "naming_due_at"], unique=False)
        batch_op.create_index("ix_comment_thread", ["kind", "thing_id", "parent_id", "id"], unique=False)

    op.create_table(
        "comment_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_comment_version_comment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_version")),
        sa.UniqueConstraint("comment_id", "number", name=op.f("uq_comment_version_comment_id_number")),
    )
    op.create_table(
        "moderation_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(length=16), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("consortium_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("late_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appeal_of_id", sa.Integer(), nullable=True),
        sa.Column("appeal_text", sa.Text(), nullable=False),
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
            "(appeal_of_id IS NULL) = (appeal_text = '')", name=op.f("ck_moderation_case_appeal_has_words")
        ),
        sa.CheckConstraint(
            "decision_code IS NULL OR decided_by_id IS NOT NULL OR decision_code IN ('lapsed', 'automatic', 'superseded')",
            name=op.f("ck_moderation_case_decided_has_decider"),
        ),
        sa.CheckConstraint(
            "decision_code IS NULL OR decision_code IN ('nothing', 'hide', 'restore', 'acted')",
            name=op.f("ck_moderation_case_known_decision"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision_code IS NULL)", name=op.f("ck_moderation_case_decided_has_code")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_at IS NOT NULL",
            name=op.f("ck_moderation_case_decider_has_time"),
        ),
        sa.ForeignKeyConstraint(
            ["appeal_of_id"], ["moderation_case.id"], name=op.f("fk_moderation_case_appeal_of_id")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_moderation_case_asked_by_id")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_moderation_case_author_id")),
        sa.ForeignKeyConstraint(
            ["consortium_id"], ["consortium.id"], name=op.f("fk_moderation_case_consortium_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_moderation_case_decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_case")),
        sa.UniqueConstraint("appeal_of_id", name=op.f("uq_moderation_case_appeal_of_id")),
    )
    with op.batch_alter_table("moderation_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_moderation_case_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index("ix_moderation_case_author", ["author_id"], unique=False)
        batch_op.create_index("ix_moderation_case_consortium", ["consortium_id", "id"], unique=False)
        batch_op.create_index("ix_moderation_case_waiting", ["decided_at", "due_at"], unique=False)
        batch_op.create_index(
            "uq_moderation_case_open",
            ["content", "content_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )

    op.create_table(
        "case_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["moderation_case.id"], name=op.f("fk_case_party_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_case_party_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_party")),
        sa.UniqueConstraint("case_id", "person_id", name=op.f("uq_case_party_case_id_person_id")),
    )
    with op.batch_alter_table("case_party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_party_person_id"), ["person_id"], unique=False)

    op.create_table(
        "content_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["moderation_case.id"], name=op.f("fk_content_report_case_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["person.id"], name=op.f("fk_content_report_reporter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_report")),
        sa.UniqueConstraint("case_id", "reporter_id", name=op.f("uq_content_report_case_id_reporter_id")),
    )
    with op.batch_alter_table("content_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_content_report_reporter_id"), ["reporter_id"], unique=False)
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
    with op.batch_alter_table("content_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_content_report_reporter_id"))

    op.drop_table("content_report")
    with op.batch_alter_table("case_party", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_party_person_id"))

    op.drop_table("case_party")
    with op.batch_alter_table("moderation_case", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_moderation_case_open",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index("ix_moderation_case_waiting")
        batch_op.drop_index("ix_moderation_case_consortium")
        batch_op.drop_index("ix_moderation_case_author")
        batch_op.drop_index(batch_op.f("ix_moderation_case_asked_by_id"))

    op.drop_table("moderation_case")
    op.drop_table("comment_version")
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_index("ix_comment_thread")
        batch_op.drop_index("ix_comment_naming")
        batch_op.drop_index("ix_comment_author")
        batch_op.drop_index("ix_comment_answers")

    op.drop_table("comment")

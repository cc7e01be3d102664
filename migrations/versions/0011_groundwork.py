"""What the portal keeps for: groundwork.

Revision: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "groundwork",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopen_note", sa.Text(), nullable=False),
        sa.Column("reopened_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'agreed') = (agreed_at IS NOT NULL)", name=op.f("ck_groundwork_agreed_has_date")
        ),
        sa.CheckConstraint(
            "(state = 'answering') = (opened_at IS NULL)", name=op.f("ck_groundwork_opened_has_date")
        ),
        sa.CheckConstraint(
            "state IN ('answering', 'opened', 'confirmed', 'agreed')", name=op.f("ck_groundwork_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('confirmed', 'agreed') OR (confirmed_at IS NOT NULL AND confirmed_by_id IS NOT NULL)",
            name=op.f("ck_groundwork_confirmed_has_confirmer"),
        ),
        sa.CheckConstraint(
            "opened_by_id IS NULL OR opened_at IS NOT NULL", name=op.f("ck_groundwork_opener_has_date")
        ),
        sa.ForeignKeyConstraint(["begun_by_id"], ["person.id"], name=op.f("fk_groundwork_begun_by_id")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["person.id"], name=op.f("fk_groundwork_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(["opened_by_id"], ["person.id"], name=op.f("fk_groundwork_opened_by_id")),
        sa.ForeignKeyConstraint(["reopened_by_id"], ["person.id"], name=op.f("fk_groundwork_reopened_by_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_groundwork_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groundwork")),
        sa.UniqueConstraint("team_id", name=op.f("uq_groundwork_team_id")),
    )
    with op.batch_alter_table("groundwork", schema=None) as batch_op:
        batch_op.create_index("ix_groundwork_waiting", ["state", "due_at"], unique=False)

    op.create_table(
        "groundwork_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("groundwork_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "question IN ('goals', 'contributions', 'reports', 'direction', 'communication', 'spin_offs', 'staff', 'authorship', 'talks', 'patents', 'data', 'leaving', 'third_parties', 'interests')",
            name=op.f("ck_groundwork_answer_question"),
        ),
        sa.ForeignKeyConstraint(
            ["groundwork_id"], ["groundwork.id"], name=op.f("fk_groundwork_answer_groundwork_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_groundwork_answer_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groundwork_answer")),
        sa.UniqueConstraint(
            "groundwork_id",
            "person_id",
            "question",
            name=op.f("uq_groundwork_answer_groundwork_id_person_id_question"),
        ),
    )
    with op.batch_alter_table("groundwork_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_groundwork_answer_person_id"), ["person_id"], unique=False)

    op.create_table(
        "groundwork_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("groundwork_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "question IN ('goals', 'contributions', 'reports', 'direction', 'communication', 'spin_offs', 'staff', 'authorship', 'talks', 'patents', 'data', 'leaving', 'third_parties', 'interests')",
            name=op.f("ck_groundwork_line_question"),
        ),
        sa.ForeignKeyConstraint(
            ["groundwork_id"], ["groundwork.id"], name=op.f("fk_groundwork_line_groundwork_id")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["person.id"], name=op.f("fk_groundwork_line_written_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groundwork_line")),
        sa.UniqueConstraint(
            "groundwork_id",
            "question",
            "number",
            name=op.f("uq_groundwork_line_groundwork_id_question_number"),
        ),
    )
    op.create_table(
        "groundwork_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("groundwork_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "question IN ('goals', 'contributions', 'reports', 'direction', 'communication', 'spin_offs', 'staff', 'authorship', 'talks', 'patents', 'data', 'leaving', 'third_parties', 'interests')",
            name=op.f("ck_groundwork_mark_question"),
        ),
        sa.ForeignKeyConstraint(
            ["groundwork_id"], ["groundwork.id"], name=op.f("fk_groundwork_mark_groundwork_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_groundwork_mark_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groundwork_mark")),
        sa.UniqueConstraint(
            "groundwork_id",
            "question",
            "person_id",
            name=op.f("uq_groundwork_mark_groundwork_id_question_person_id"),
        ),
    )
    op.create_table(
        "groundwork_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("groundwork_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_round", sa.Integer(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(accepted_round IS NULL) = (accepted_at IS NULL)",
            name=op.f("ck_groundwork_member_accepted_has_date"),
        ),
        sa.ForeignKeyConstraint(
            ["groundwork_id"], ["groundwork.id"], name=op.f("fk_groundwork_member_groundwork_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_groundwork_member_institution_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_groundwork_member_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groundwork_member")),
        sa.UniqueConstraint(
            "groundwork_id", "person_id", name=op.f("uq_groundwork_member_groundwork_id_person_id")
        ),
    )
    with op.batch_alter_table("groundwork_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_groundwork_member_person_id"), ["person_id"], unique=False)

    with op.batch_alter_table("consortium", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("groundwork_asked", sa.Boolean(), server_default=sa.true(), nullable=False)
        )


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("consortium", schema=None) as batch_op:
        batch_op.drop_column("groundwork_asked")

    with op.batch_alter_table("groundwork_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_groundwork_member_person_id"))

    op.drop_table("groundwork_member")
    op.drop_table("groundwork_mark")
    op.drop_table("groundwork_line")
    with op.batch_alter_table("groundwork_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_groundwork_answer_person_id"))

    op.drop_table("groundwork_answer")
    with op.batch_alter_table("groundwork", schema=None) as batch_op:
        batch_op.drop_index("ix_groundwork_waiting")

    op.drop_table("groundwork")

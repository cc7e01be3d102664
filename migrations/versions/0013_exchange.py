"""What the portal keeps for: exchange.

Revision: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "exchange_course",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("taker_id", sa.Integer(), nullable=False),
        sa.Column("consortium_id", sa.Integer(), nullable=True),
        sa.Column("interest_id", sa.Integer(), nullable=True),
        sa.Column("agreement_id", sa.Integer(), nullable=True),
        sa.Column("commitment_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_id", sa.Integer(), nullable=True),
        sa.Column("every_months", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("wishes", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=True),
        sa.Column("due_next", sa.Date(), nullable=False),
        sa.Column("turn_id", sa.Integer(), nullable=True),
        sa.Column("late_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("end_note", sa.Text(), nullable=False),
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
            "(state IN ('finished', 'stopped')) = (ended_at IS NOT NULL)",
            name=op.f("ck_exchange_course_ended_has_date"),
        ),
        sa.CheckConstraint(
            "decision_code IS NULL OR decided_by_id IS NOT NULL OR decision_code IN ('lapsed', 'automatic', 'superseded')",
            name=op.f("ck_exchange_course_decided_has_decider"),
        ),
        sa.CheckConstraint(
            "state <> 'proposed' OR (interest_id IS NOT NULL AND asked_id IS NOT NULL)",
            name=op.f("ck_exchange_course_proposed_is_asked"),
        ),
        sa.CheckConstraint(
            "state <> 'running' OR decided_by_id IS NULL OR decided_by_id <> asked_by_id",
            name=op.f("ck_exchange_course_agreed_by_another"),
        ),
        sa.CheckConstraint(
            "state <> 'stopped' OR end_note <> ''", name=op.f("ck_exchange_course_stopped_has_reason")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'running', 'finished', 'stopped', 'declined', 'withdrawn', 'lapsed')",
            name=op.f("ck_exchange_course_state"),
        ),
        sa.CheckConstraint(
            "(agreement_id IS NULL) = (commitment_id IS NULL)",
            name=op.f("ck_exchange_course_commitment_of_agreement"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision_code IS NULL)", name=op.f("ck_exchange_course_decided_has_code")
        ),
        sa.CheckConstraint(
            "(interest_id IS NULL) <> (agreement_id IS NULL)", name=op.f("ck_exchange_course_one_source")
        ),
        sa.CheckConstraint(
            "asked_id IS NULL OR asked_id IN (provider_id, taker_id)",
            name=op.f("ck_exchange_course_a_side_is_asked"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_at IS NOT NULL",
            name=op.f("ck_exchange_course_decider_has_time"),
        ),
        sa.CheckConstraint("every_months BETWEEN 1 AND 24", name=op.f("ck_exchange_course_rhythm")),
        sa.CheckConstraint("provider_id <> taker_id", name=op.f("ck_exchange_course_two_sides")),
        sa.CheckConstraint("until_on >= first_on", name=op.f("ck_exchange_course_period")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_exchange_course_agreement_id")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_exchange_course_asked_by_id")),
        sa.ForeignKeyConstraint(["asked_id"], ["institution.id"], name=op.f("fk_exchange_course_asked_id")),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["agreement_commitment.id"], name=op.f("fk_exchange_course_commitment_id")
        ),
        sa.ForeignKeyConstraint(
            ["consortium_id"], ["consortium.id"], name=op.f("fk_exchange_course_consortium_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_exchange_course_decided_by_id")
        ),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_exchange_course_ended_by_id")),
        sa.ForeignKeyConstraint(
            ["interest_id"], ["interest.id"], name=op.f("fk_exchange_course_interest_id")
        ),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name=op.f("fk_exchange_course_listing_id")),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["institution.id"], name=op.f("fk_exchange_course_provider_id")
        ),
        sa.ForeignKeyConstraint(["reporter_id"], ["person.id"], name=op.f("fk_exchange_course_reporter_id")),
        sa.ForeignKeyConstraint(["taker_id"], ["institution.id"], name=op.f("fk_exchange_course_taker_id")),
        sa.ForeignKeyConstraint(["turn_id"], ["institution.id"], name=op.f("fk_exchange_course_turn_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_course")),
        sa.UniqueConstraint("commitment_id", name=op.f("uq_exchange_course_commitment_id")),
    )
    with op.batch_alter_table("exchange_course", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exchange_course_agreement_id"), ["agreement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_exchange_course_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_exchange_course_asked_id"), ["asked_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_exchange_course_consortium_id"), ["consortium_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_exchange_course_interest_id"), ["interest_id"], unique=False)
        batch_op.create_index("ix_exchange_course_listing", ["listing_id"], unique=False)
        batch_op.create_index("ix_exchange_course_provider", ["provider_id", "due_next", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_exchange_course_reporter_id"), ["reporter_id"], unique=False)
        batch_op.create_index("ix_exchange_course_taker", ["taker_id", "due_next", "id"], unique=False)
        batch_op.create_index("ix_exchange_course_waiting", ["state", "due_at"], unique=False)
        batch_op.create_index(
            "uq_exchange_course_live",
            ["listing_id", "taker_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('proposed', 'running')"),
            postgresql_where=sa.text("state IN ('proposed', 'running')"),
        )

    op.create_table(
        "exchange_leg",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("learnt", sa.Text(), nullable=False),
        sa.Column("performed", sa.Text(), nullable=False),
        sa.Column("next_users", sa.Text(), nullable=False),
        sa.Column("given_back", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answer_language", sa.String(length=10), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by_id", sa.Integer(), nullable=True),
        sa.Column("taker_shares", sa.Boolean(), nullable=False),
        sa.Column("provider_shares", sa.Boolean(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'acknowledged') = (acknowledged_at IS NOT NULL)",
            name=op.f("ck_exchange_leg_acknowledged_has_date"),
        ),
        sa.CheckConstraint(
            "(state IN ('planned', 'reported', 'asked_back')) = (due_at IS NOT NULL)",
            name=op.f("ck_exchange_leg_open_is_due"),
        ),
        sa.CheckConstraint(
            "NOT provider_shares OR state = 'acknowledged'",
            name=op.f("ck_exchange_leg_shared_when_acknowledged"),
        ),
        sa.CheckConstraint(
            "state <> 'asked_back' OR answer <> ''", name=op.f("ck_exchange_leg_asked_back_says_what")
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'reported', 'asked_back', 'acknowledged', 'dropped')",
            name=op.f("ck_exchange_leg_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('reported', 'asked_back', 'acknowledged') OR (reported_at IS NOT NULL AND reported_by_id IS NOT NULL AND (learnt <> '' OR performed <> '' OR next_users <> '' OR given_back <> ''))",
            name=op.f("ck_exchange_leg_reported_says_something"),
        ),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)",
            name=op.f("ck_exchange_leg_acknowledged_has_person"),
        ),
        sa.CheckConstraint(
            "acknowledged_by_id IS NULL OR acknowledged_by_id <> reported_by_id",
            name=op.f("ck_exchange_leg_acknowledged_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["acknowledged_by_id"], ["person.id"], name=op.f("fk_exchange_leg_acknowledged_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["exchange_course.id"], name=op.f("fk_exchange_leg_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_id"], ["person.id"], name=op.f("fk_exchange_leg_reported_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_leg")),
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_exchange_leg_course_id_number")),
    )
    with op.batch_alter_table("exchange_leg", schema=None) as batch_op:
        batch_op.create_index("ix_exchange_leg_due", ["state", "due_at"], unique=False)


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("exchange_leg", schema=None) as batch_op:
        batch_op.drop_index("ix_exchange_leg_due")

    op.drop_table("exchange_leg")
    with op.batch_alter_table("exchange_course", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_exchange_course_live",
            sqlite_where=sa.text("state IN ('proposed', 'running')"),
            postgresql_where=sa.text("state IN ('proposed', 'running')"),
        )
        batch_op.drop_index("ix_exchange_course_waiting")
        batch_op.drop_index("ix_exchange_course_taker")
        batch_op.drop_index(batch_op.f("ix_exchange_course_reporter_id"))
        batch_op.drop_index("ix_exchange_course_provider")
        batch_op.drop_index("ix_exchange_course_listing")
        batch_op.drop_index(batch_op.f("ix_exchange_course_interest_id"))
        batch_op.drop_index(batch_op.f("ix_exchange_course_consortium_id"))
        batch_op.drop_index(batch_op.f("ix_exchange_course_asked_id"))
        batch_op.drop_index(batch_op.f("ix_exchange_course_asked_by_id"))
        batch_op.drop_index(batch_op.f("ix_exchange_course_agreement_id"))

    op.drop_table("exchange_course")

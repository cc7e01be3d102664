"""What the portal keeps for: projects.

Revision: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "project_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_number")),
        sa.UniqueConstraint("year", name=op.f("uq_project_number_year")),
    )
    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=True),
        sa.Column("acronym", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("summary", sa.String(length=500), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("visibility", sa.String(length=10), nullable=False),
        sa.Column("consortium_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=False),
        sa.Column("registered_by_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("planned_end", sa.Date(), nullable=False),
        sa.Column("due_next", sa.Date(), nullable=False),
        sa.Column("late_until", sa.Date(), nullable=True),
        sa.Column("trl_now", sa.Integer(), nullable=True),
        sa.Column("trl_wanted", sa.Integer(), nullable=True),
        sa.Column("sdg_goals", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("sdg_targets", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("fields", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("keywords", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("skills", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("partners_count", sa.Integer(), nullable=False),
        sa.Column("members_count", sa.Integer(), nullable=False),
        sa.Column("countries", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("team_for", sa.String(length=10), nullable=False),
        sa.Column("plan_for", sa.String(length=10), nullable=False),
        sa.Column("resources_for", sa.String(length=10), nullable=False),
        sa.Column("funding_for", sa.String(length=10), nullable=False),
        sa.Column("updates_for", sa.String(length=10), nullable=False),
        sa.Column("files_for", sa.String(length=10), nullable=False),
        sa.Column("rights", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("team_approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_reason", sa.String(length=500), nullable=False),
        sa.Column("parts_done", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("source", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "localised",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("success", sa.Text(), nullable=False),
        sa.Column("rights_note", sa.Text(), nullable=False),
        sa.Column("ethics", sa.Text(), nullable=False),
        sa.Column("export_note", sa.Text(), nullable=False),
        sa.Column("closing_report", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_project_closed_has_date")
        ),
        sa.CheckConstraint(
            "accepted_at IS NOT NULL OR state NOT IN ('forming', 'active', 'on_hold', 'closing', 'closed', 'cancelled')",
            name=op.f("ck_project_listed_was_accepted"),
        ),
        sa.CheckConstraint(
            "code IS NOT NULL OR state IN ('draft', 'withdrawn')", name=op.f("ck_project_sent_has_code")
        ),
        sa.CheckConstraint(
            "files_for IN ('public', 'signed_in', 'consortium', 'members')", name=op.f("ck_project_files_for")
        ),
        sa.CheckConstraint(
            "funding_for IN ('public', 'signed_in', 'consortium', 'members')",
            name=op.f("ck_project_funding_for"),
        ),
        sa.CheckConstraint(
            "plan_for IN ('public', 'signed_in', 'consortium', 'members')", name=op.f("ck_project_plan_for")
        ),
        sa.CheckConstraint(
            "resources_for IN ('public', 'signed_in', 'consortium', 'members')",
            name=op.f("ck_project_resources_for"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'needs_changes', 'rejected', 'withdrawn', 'forming', 'active', 'on_hold', 'closing', 'closed', 'cancelled')",
            name=op.f("ck_project_state"),
        ),
        sa.CheckConstraint(
            "team_for IN ('public', 'signed_in', 'consortium', 'members')", name=op.f("ck_project_team_for")
        ),
        sa.CheckConstraint(
            "updates_for IN ('public', 'signed_in', 'consortium', 'members')",
            name=op.f("ck_project_updates_for"),
        ),
        sa.CheckConstraint(
            "visibility IN ('public', 'signed_in', 'consortium', 'members')",
            name=op.f("ck_project_visibility"),
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_project_ends_after_start"),
        ),
        sa.CheckConstraint("trl_now IS NULL OR trl_now BETWEEN 1 AND 9", name=op.f("ck_project_trl_now")),
        sa.CheckConstraint(
            "trl_wanted IS NULL OR trl_wanted BETWEEN 1 AND 9", name=op.f("ck_project_trl_wanted")
        ),
        sa.ForeignKeyConstraint(["consortium_id"], ["consortium.id"], name=op.f("fk_project_consortium_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_project_institution_id")
        ),
        sa.ForeignKeyConstraint(["lead_id"], ["person.id"], name=op.f("fk_project_lead_id")),
        sa.ForeignKeyConstraint(
            ["registered_by_id"], ["person.id"], name=op.f("fk_project_registered_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("code", name=op.f("uq_project_code")),
    )
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.create_index("ix_project_consortium", ["consortium_id", "listed_at", "id"], unique=False)
        batch_op.create_index("ix_project_consortium_state", ["consortium_id", "state"], unique=False)
        batch_op.create_index("ix_project_due", ["due_next", "id"], unique=False)
        batch_op.create_index("ix_project_end", ["planned_end", "id"], unique=False)
        batch_op.create_index("ix_project_institution", ["institution_id", "listed_at", "id"], unique=False)
        batch_op.create_index("ix_project_lead", ["lead_id", "state"], unique=False)
        batch_op.create_index(
            "ix_project_listed",
            [
                "listed_at",
                "id",
                "state",
                "visibility",
                "consortium_id",
                "institution_id",
                "due_next",
                "late_until",
                "trl_now",
                "lead_id",
            ],
            unique=False,
        )
        batch_op.create_index("ix_project_newest", ["state", "listed_at", "id", "visibility"], unique=False)

    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("first_due_on", sa.Date(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("evidence_url", sa.String(length=300), nullable=False),
        sa.Column("evidence_files", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("reported_by_id", sa.Integer(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "accepted_by_id IS NULL OR accepted_by_id <> reported_by_id",
            name=op.f("ck_milestone_accepted_by_another"),
        ),
        sa.CheckConstraint(
            "(state = 'accepted') = (accepted_at IS NOT NULL)", name=op.f("ck_milestone_accepted_has_date")
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'reported', 'accepted', 'missed')", name=op.f("ck_milestone_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('reported', 'accepted') OR (reported_on IS NOT NULL AND evidence <> '')",
            name=op.f("ck_milestone_reported_has_evidence"),
        ),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["person.id"], name=op.f("fk_milestone_accepted_by_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_milestone_institution_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_milestone_project_id")),
        sa.ForeignKeyConstraint(["reported_by_id"], ["person.id"], name=op.f("fk_milestone_reported_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_milestone_project_id_number")),
    )
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.create_index("ix_milestone_due", ["state", "due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_milestone_institution_id"), ["institution_id"], unique=False)

    op.create_table(
        "partner_hearing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
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
            "decision_code IS NULL OR decided_by_id IS NOT NULL OR decision_code IN ('lapsed', 'automatic', 'superseded')",
            name=op.f("ck_partner_hearing_decided_has_decider"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision_code IS NULL)", name=op.f("ck_partner_hearing_decided_has_code")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_at IS NOT NULL",
            name=op.f("ck_partner_hearing_decider_has_time"),
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_partner_hearing_asked_by_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_partner_hearing_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_partner_hearing_institution_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_partner_hearing_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_hearing")),
    )
    with op.batch_alter_table("partner_hearing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_partner_hearing_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_partner_hearing_institution_id"), ["institution_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_partner_hearing_project_id"), ["project_id"], unique=False)
        batch_op.create_index("ix_partner_hearing_waiting", ["decided_at", "due_at"], unique=False)
        batch_op.create_index(
            "uq_partner_hearing_open",
            ["project_id", "institution_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )

    op.create_table(
        "project_facet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("facet", sa.String(length=12), nullable=False),
        sa.Column("value", sa.String(length=20), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_facet_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_facet")),
        sa.UniqueConstraint(
            "project_id", "facet", "value", name=op.f("uq_project_facet_project_id_facet_value")
        ),
    )
    with op.batch_alter_table("project_facet", schema=None) as batch_op:
        batch_op.create_index(
            "ix_project_facet_value", ["facet", "value", "listed_at", "project_id"], unique=False
        )

    op.create_table(
        "project_follow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_project_follow_person_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_follow_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_follow")),
        sa.UniqueConstraint("project_id", "person_id", name=op.f("uq_project_follow_project_id_person_id")),
    )
    with op.batch_alter_table("project_follow", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_follow_person_id"), ["person_id"], unique=False)

    op.create_table(
        "project_follow_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
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
            "decision_code IS NULL OR decided_by_id IS NOT NULL OR decision_code IN ('lapsed', 'automatic', 'superseded')",
            name=op.f("ck_project_follow_up_decided_has_decider"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision_code IS NULL)",
            name=op.f("ck_project_follow_up_decided_has_code"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_at IS NOT NULL",
            name=op.f("ck_project_follow_up_decider_has_time"),
        ),
        sa.CheckConstraint("months IN (12, 24)", name=op.f("ck_project_follow_up_months")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_project_follow_up_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_project_follow_up_decided_by_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_follow_up_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_follow_up")),
        sa.UniqueConstraint("project_id", "months", name=op.f("uq_project_follow_up_project_id_months")),
    )
    with op.batch_alter_table("project_follow_up", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_follow_up_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index("ix_project_follow_up_waiting", ["decided_at", "due_at"], unique=False)

    op.create_table(
        "project_funding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("funder_id", sa.Integer(), nullable=True),
        sa.Column("funder_name", sa.String(length=200), nullable=False),
        sa.Column("award", sa.String(length=60), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(amount IS NULL) = (currency = '')", name=op.f("ck_project_funding_amount_has_currency")
        ),
        sa.CheckConstraint(
            "funder_id IS NOT NULL OR funder_name <> ''", name=op.f("ck_project_funding_funder")
        ),
        sa.ForeignKeyConstraint(["funder_id"], ["institution.id"], name=op.f("fk_project_funding_funder_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_funding_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_funding")),
    )
    with op.batch_alter_table("project_funding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_funding_funder_id"), ["funder_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_funding_project_id"), ["project_id"], unique=False)

    op.create_table(
        "project_hand_over",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("to_person_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
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
            "decision_code IS NULL OR decided_by_id IS NOT NULL OR decision_code IN ('lapsed', 'automatic', 'superseded')",
            name=op.f("ck_project_hand_over_decided_has_decider"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision_code IS NULL)",
            name=op.f("ck_project_hand_over_decided_has_code"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_at IS NOT NULL",
            name=op.f("ck_project_hand_over_decider_has_time"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_project_hand_over_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_project_hand_over_decided_by_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_hand_over_project_id")),
        sa.ForeignKeyConstraint(
            ["to_person_id"], ["person.id"], name=op.f("fk_project_hand_over_to_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_hand_over")),
    )
    with op.batch_alter_table("project_hand_over", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_hand_over_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_hand_over_project_id"), ["project_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_hand_over_to_person_id"), ["to_person_id"], unique=False)
        batch_op.create_index("ix_project_hand_over_waiting", ["decided_at", "due_at"], unique=False)
        batch_op.create_index(
            "uq_project_hand_over_open",
            ["project_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )

    op.create_table(
        "project_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("position", sa.String(length=120), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("credit_roles", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
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
            "decision_code IS NULL OR decided_by_id IS NOT NULL OR decision_code IN ('lapsed', 'automatic', 'superseded')",
            name=op.f("ck_project_member_decided_has_decider"),
        ),
        sa.CheckConstraint(
            "state <> 'active' OR decided_at IS NOT NULL", name=op.f("ck_project_member_active_was_decided")
        ),
        sa.CheckConstraint(
            "state IN ('invited', 'active', 'declined', 'withdrawn', 'lapsed', 'left', 'removed')",
            name=op.f("ck_project_member_state"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision_code IS NULL)", name=op.f("ck_project_member_decided_has_code")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_at IS NOT NULL", name=op.f("ck_project_member_decider_has_time")
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_project_member_ends_after_start"),
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_project_member_asked_by_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_project_member_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_project_member_institution_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_project_member_person_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_member_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_member")),
    )
    with op.batch_alter_table("project_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_member_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_project_member_institution_id"), ["institution_id"], unique=False
        )
        batch_op.create_index("ix_project_member_person", ["person_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_member_project_id"), ["project_id"], unique=False)
        batch_op.create_index("ix_project_member_waiting", ["state", "due_at"], unique=False)
        batch_op.create_index(
            "uq_project_member_live",
            ["project_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('invited', 'active')"),
            postgresql_where=sa.text("state IN ('invited', 'active')"),
        )

    op.create_table(
        "project_need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.String(length=12), nullable=False),
        sa.Column("is_met", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("(amount IS NULL) = (unit = '')", name=op.f("ck_project_need_amount_has_unit")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_need_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_need")),
    )
    with op.batch_alter_table("project_need", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_need_project_id"), ["project_id"], unique=False)

    op.create_table(
        "project_partner",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("brings", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("gains", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
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
            "decision_code IS NULL OR decided_by_id IS NOT NULL OR decision_code IN ('lapsed', 'automatic', 'superseded')",
            name=op.f("ck_project_partner_decided_has_decider"),
        ),
        sa.CheckConstraint(
            "role IN ('lead', 'partner', 'contractor', 'funder', 'facility', 'in_kind')",
            name=op.f("ck_project_partner_role"),
        ),
        sa.CheckConstraint(
            "state <> 'accepted' OR decided_at IS NOT NULL",
            name=op.f("ck_project_partner_accepted_was_decided"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'accepted', 'declined', 'withdrawn', 'lapsed', 'left')",
            name=op.f("ck_project_partner_state"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision_code IS NULL)", name=op.f("ck_project_partner_decided_has_code")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_at IS NOT NULL",
            name=op.f("ck_project_partner_decider_has_time"),
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_project_partner_ends_after_start"),
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_project_partner_asked_by_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_project_partner_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_project_partner_institution_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_partner_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_partner")),
    )
    with op.batch_alter_table("project_partner", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_partner_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index("ix_project_partner_institution", ["institution_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_partner_project_id"), ["project_id"], unique=False)
        batch_op.create_index("ix_project_partner_waiting", ["state", "due_at"], unique=False)
        batch_op.create_index(
            "uq_project_partner_lead",
            ["project_id"],
            unique=True,
            sqlite_where=sa.text("role = 'lead' AND state IN ('asked', 'accepted')"),
            postgresql_where=sa.text("role = 'lead' AND state IN ('asked', 'accepted')"),
        )
        batch_op.create_index(
            "uq_project_partner_live",
            ["project_id", "institution_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('asked', 'accepted')"),
            postgresql_where=sa.text("state IN ('asked', 'accepted')"),
        )

    op.create_table(
        "project_problem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name=op.f("fk_project_problem_problem_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_problem_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_problem")),
        sa.UniqueConstraint(
            "project_id", "problem_id", name=op.f("uq_project_problem_project_id_problem_id")
        ),
    )
    with op.batch_alter_table("project_problem", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_problem_problem_id"), ["problem_id"], unique=False)

    op.create_table(
        "project_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("submitted", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
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
            "decision_code IS NULL OR decided_by_id IS NOT NULL OR decision_code IN ('lapsed', 'automatic', 'superseded')",
            name=op.f("ck_project_review_decided_has_decider"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision_code IS NULL)", name=op.f("ck_project_review_decided_has_code")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_at IS NOT NULL", name=op.f("ck_project_review_decider_has_time")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_project_review_asked_by_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_project_review_decided_by_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_review_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_review")),
    )
    with op.batch_alter_table("project_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_review_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_review_project_id"), ["project_id"], unique=False)
        batch_op.create_index("ix_project_review_waiting", ["decided_at", "due_at"], unique=False)
        batch_op.create_index(
            "uq_project_review_open",
            ["project_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )

    op.create_table(
        "project_update",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_project_update_author_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_project_update_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_update")),
    )
    with op.batch_alter_table("project_update", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_project_update_author_id"), ["author_id"], unique=False)
        batch_op.create_index("ix_project_update_newest", ["project_id", "posted_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_project_update_posted_at"), ["posted_at"], unique=False)

    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.add_column(sa.Column("project_id", sa.Integer(), nullable=True))
        batch_op.alter_column("problem_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index("ix_team_project", ["project_id", "state"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_team_project_id"), "project", ["project_id"], ["id"])
    # By hand
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.create_check_constraint(
            batch_op.f("ck_team_takes_on_something"), "problem_id IS NOT NULL OR project_id IS NOT NULL"
        )


def downgrade() -> None:
    """Back."""
    # By hand
    # A team took on a problem before. One that takes on a project alone has no place there, and is not thrown away.
    if op.get_bind().execute(sa.text("SELECT 1 FROM team WHERE problem_id IS NULL LIMIT 1")).first():
        raise RuntimeError("there are teams that take on a project and no problem: give each a problem first")
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_team_takes_on_something"), type_="check")
    # Made
    with op.batch_alter_table("team", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_team_project_id"), type_="foreignkey")
        batch_op.drop_index("ix_team_project")
        batch_op.alter_column("problem_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("project_id")

    with op.batch_alter_table("project_update", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_update_posted_at"))
        batch_op.drop_index("ix_project_update_newest")
        batch_op.drop_index(batch_op.f("ix_project_update_author_id"))

    op.drop_table("project_update")
    with op.batch_alter_table("project_review", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_project_review_open",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index("ix_project_review_waiting")
        batch_op.drop_index(batch_op.f("ix_project_review_project_id"))
        batch_op.drop_index(batch_op.f("ix_project_review_asked_by_id"))

    op.drop_table("project_review")
    with op.batch_alter_table("project_problem", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_problem_problem_id"))

    op.drop_table("project_problem")
    with op.batch_alter_table("project_partner", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_project_partner_live",
            sqlite_where=sa.text("state IN ('asked', 'accepted')"),
            postgresql_where=sa.text("state IN ('asked', 'accepted')"),
        )
        batch_op.drop_index(
            "uq_project_partner_lead",
            sqlite_where=sa.text("role = 'lead' AND state IN ('asked', 'accepted')"),
            postgresql_where=sa.text("role = 'lead' AND state IN ('asked', 'accepted')"),
        )
        batch_op.drop_index("ix_project_partner_waiting")
        batch_op.drop_index(batch_op.f("ix_project_partner_project_id"))
        batch_op.drop_index("ix_project_partner_institution")
        batch_op.drop_index(batch_op.f("ix_project_partner_asked_by_id"))

    op.drop_table("project_partner")
    with op.batch_alter_table("project_need", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_need_project_id"))

    op.drop_table("project_need")
    with op.batch_alter_table("project_member", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_project_member_live",
            sqlite_where=sa.text("state IN ('invited', 'active')"),
            postgresql_where=sa.text("state IN ('invited', 'active')"),
        )
        batch_op.drop_index("ix_project_member_waiting")
        batch_op.drop_index(batch_op.f("ix_project_member_project_id"))
        batch_op.drop_index("ix_project_member_person")
        batch_op.drop_index(batch_op.f("ix_project_member_institution_id"))
        batch_op.drop_index(batch_op.f("ix_project_member_asked_by_id"))

    op.drop_table("project_member")
    with op.batch_alter_table("project_hand_over", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_project_hand_over_open",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index("ix_project_hand_over_waiting")
        batch_op.drop_index(batch_op.f("ix_project_hand_over_to_person_id"))
        batch_op.drop_index(batch_op.f("ix_project_hand_over_project_id"))
        batch_op.drop_index(batch_op.f("ix_project_hand_over_asked_by_id"))

    op.drop_table("project_hand_over")
    with op.batch_alter_table("project_funding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_funding_project_id"))
        batch_op.drop_index(batch_op.f("ix_project_funding_funder_id"))

    op.drop_table("project_funding")
    with op.batch_alter_table("project_follow_up", schema=None) as batch_op:
        batch_op.drop_index("ix_project_follow_up_waiting")
        batch_op.drop_index(batch_op.f("ix_project_follow_up_asked_by_id"))

    op.drop_table("project_follow_up")
    with op.batch_alter_table("project_follow", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_project_follow_person_id"))

    op.drop_table("project_follow")
    with op.batch_alter_table("project_facet", schema=None) as batch_op:
        batch_op.drop_index("ix_project_facet_value")

    op.drop_table("project_facet")
    with op.batch_alter_table("partner_hearing", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_partner_hearing_open",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index("ix_partner_hearing_waiting")
        batch_op.drop_index(batch_op.f("ix_partner_hearing_project_id"))
        batch_op.drop_index(batch_op.f("ix_partner_hearing_institution_id"))
        batch_op.drop_index(batch_op.f("ix_partner_hearing_asked_by_id"))

    op.drop_table("partner_hearing")
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_milestone_institution_id"))
        batch_op.drop_index("ix_milestone_due")

    op.drop_table("milestone")
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.drop_index("ix_project_newest")
        batch_op.drop_index("ix_project_listed")
        batch_op.drop_index("ix_project_lead")
        batch_op.drop_index("ix_project_institution")
        batch_op.drop_index("ix_project_end")
        batch_op.drop_index("ix_project_due")
        batch_op.drop_index("ix_project_consortium_state")
        batch_op.drop_index("ix_project_consortium")

    op.drop_table("project")
    op.drop_table("project_number")

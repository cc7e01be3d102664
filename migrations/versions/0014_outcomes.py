"""What the portal keeps for: outcomes.

Revision: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


# What would take a contributor out.
SHRINKS = (
    "OLD.outcome_id {is_not} NEW.outcome_id OR OLD.person_id {is_not} NEW.person_id "
    "OR (OLD.state <> 'asked' AND (OLD.role {is_not} NEW.role OR OLD.degree {is_not} NEW.degree)) "
    "OR (OLD.state = 'accepted' AND NEW.state NOT IN ('accepted', 'withdrawn')) "
    "OR (OLD.state NOT IN ('asked', 'accepted') AND NEW.state {is_not} OLD.state)"
)


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "outcome_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_number")),
        sa.UniqueConstraint("year", name=op.f("uq_outcome_number_year")),
    )
    op.create_table(
        "no_outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("said_by_id", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_no_outcome_project_id")),
        sa.ForeignKeyConstraint(["said_by_id"], ["person.id"], name=op.f("fk_no_outcome_said_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_no_outcome")),
        sa.UniqueConstraint("project_id", name=op.f("uq_no_outcome_project_id")),
    )
    op.create_table(
        "outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("summary", sa.String(length=500), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("is_negative", sa.Boolean(), nullable=False),
        sa.Column("produced_on", sa.Date(), nullable=True),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.Column("consortium_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("claimer_id", sa.Integer(), nullable=False),
        sa.Column("confirmer_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("licence", sa.String(length=24), nullable=False),
        sa.Column("sdg_goals", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("benefits_where", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("origins", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("identifiers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("links", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("parts_done", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retracted_by_id", sa.Integer(), nullable=True),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "localised",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("measures", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("benefits_who", sa.Text(), nullable=False),
        sa.Column("confirm_note", sa.Text(), nullable=False),
        sa.Column("retraction", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'retracted') = (retracted_at IS NOT NULL)", name=op.f("ck_outcome_retracted_has_date")
        ),
        sa.CheckConstraint(
            "kind <> 'negative_result' OR is_negative", name=op.f("ck_outcome_negative_result_is_negative")
        ),
        sa.CheckConstraint(
            "kind IN ('publication', 'dataset', 'software', 'patent', 'prototype', 'method', 'policy', 'training', 'exchange_visit', 'negative_result', 'other')",
            name=op.f("ck_outcome_kind"),
        ),
        sa.CheckConstraint(
            "licence IN ('', 'CC0-1.0', 'CC-BY-4.0', 'CC-BY-SA-4.0', 'CC-BY-NC-4.0', 'ODbL-1.0', 'MIT', 'BSD-3-Clause', 'Apache-2.0', 'MPL-2.0', 'GPL-3.0-or-later', 'AGPL-3.0-or-later', 'EUPL-1.2', 'CERN-OHL-S-2.0', 'reserved')",
            name=op.f("ck_outcome_licence"),
        ),
        sa.CheckConstraint(
            "state <> 'evidenced' OR confirmer_id IS NOT NULL",
            name=op.f("ck_outcome_evidenced_asks_somebody"),
        ),
        sa.CheckConstraint(
            "state <> 'published' OR published_at IS NOT NULL", name=op.f("ck_outcome_published_has_date")
        ),
        sa.CheckConstraint(
            "state <> 'retracted' OR retraction <> ''", name=op.f("ck_outcome_retracted_has_reason")
        ),
        sa.CheckConstraint(
            "state IN ('claimed', 'evidenced', 'confirmed', 'disputed', 'published', 'retracted')",
            name=op.f("ck_outcome_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('confirmed', 'disputed', 'published') OR (confirmed_at IS NOT NULL AND window_ends_at IS NOT NULL)",
            name=op.f("ck_outcome_confirmed_first"),
        ),
        sa.CheckConstraint(
            "(confirmed_by_id IS NULL) = (confirmed_at IS NULL)", name=op.f("ck_outcome_confirmed_has_date")
        ),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> claimer_id",
            name=op.f("ck_outcome_confirmed_by_another"),
        ),
        sa.CheckConstraint(
            "confirmer_id IS NULL OR confirmer_id <> institution_id",
            name=op.f("ck_outcome_confirmed_elsewhere"),
        ),
        sa.CheckConstraint(
            "project_id IS NOT NULL OR team_id IS NOT NULL", name=op.f("ck_outcome_came_of_something")
        ),
        sa.ForeignKeyConstraint(["claimer_id"], ["person.id"], name=op.f("fk_outcome_claimer_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_outcome_confirmed_by_id")),
        sa.ForeignKeyConstraint(["confirmer_id"], ["institution.id"], name=op.f("fk_outcome_confirmer_id")),
        sa.ForeignKeyConstraint(["consortium_id"], ["consortium.id"], name=op.f("fk_outcome_consortium_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_outcome_institution_id")
        ),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name=op.f("fk_outcome_problem_id")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_outcome_project_id")),
        sa.ForeignKeyConstraint(["retracted_by_id"], ["person.id"], name=op.f("fk_outcome_retracted_by_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_outcome_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
        sa.UniqueConstraint("number", name=op.f("uq_outcome_number")),
    )
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outcome_claimer_id"), ["claimer_id"], unique=False)
        batch_op.create_index("ix_outcome_confirmer", ["confirmer_id", "state"], unique=False)
        batch_op.create_index("ix_outcome_consortium", ["consortium_id", "state"], unique=False)
        batch_op.create_index("ix_outcome_institution", ["institution_id", "state"], unique=False)
        batch_op.create_index("ix_outcome_newest", ["state", "listed_at", "id"], unique=False)
        batch_op.create_index("ix_outcome_problem", ["problem_id", "listed_at", "id"], unique=False)
        batch_op.create_index("ix_outcome_project", ["project_id", "listed_at", "id"], unique=False)
        batch_op.create_index("ix_outcome_team", ["team_id", "listed_at", "id"], unique=False)
        batch_op.create_index("ix_outcome_window", ["state", "window_ends_at"], unique=False)

    op.create_table(
        "outcome_confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
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
            name=op.f("ck_outcome_confirmation_decided_has_decider"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision_code IS NULL)",
            name=op.f("ck_outcome_confirmation_decided_has_code"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_at IS NOT NULL",
            name=op.f("ck_outcome_confirmation_decider_has_time"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_outcome_confirmation_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_outcome_confirmation_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_outcome_confirmation_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["outcome.id"], name=op.f("fk_outcome_confirmation_outcome_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_confirmation")),
    )
    with op.batch_alter_table("outcome_confirmation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_outcome_confirmation_asked_by_id"), ["asked_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_outcome_confirmation_institution_id"), ["institution_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_outcome_confirmation_outcome_id"), ["outcome_id"], unique=False)
        batch_op.create_index("ix_outcome_confirmation_waiting", ["decided_at", "due_at"], unique=False)
        batch_op.create_index(
            "uq_outcome_confirmation_open",
            ["outcome_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )

    op.create_table(
        "outcome_credit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("degree", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
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
            "(state = 'asked') = (decided_at IS NULL)", name=op.f("ck_outcome_credit_answered_has_date")
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL)",
            name=op.f("ck_outcome_credit_withdrawn_has_date"),
        ),
        sa.CheckConstraint(
            "decision_code IS NULL OR decided_by_id IS NOT NULL OR decision_code IN ('lapsed', 'automatic', 'superseded')",
            name=op.f("ck_outcome_credit_decided_has_decider"),
        ),
        sa.CheckConstraint(
            "degree IN ('lead', 'equal', 'supporting')", name=op.f("ck_outcome_credit_degree")
        ),
        sa.CheckConstraint(
            "role IN ('conceptualization', 'data-curation', 'formal-analysis', 'funding-acquisition', 'investigation', 'methodology', 'project-administration', 'resources', 'software', 'supervision', 'validation', 'visualization', 'writing-original-draft', 'writing-review-editing', 'brokering', 'translation', 'hosting', 'community-knowledge')",
            name=op.f("ck_outcome_credit_role"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'accepted', 'declined', 'taken_back', 'lapsed', 'withdrawn')",
            name=op.f("ck_outcome_credit_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'declined', 'withdrawn') OR decided_by_id = person_id",
            name=op.f("ck_outcome_credit_answered_by_the_person"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision_code IS NULL)", name=op.f("ck_outcome_credit_decided_has_code")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
            name=op.f("ck_outcome_credit_withdrawn_by_somebody"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_at IS NOT NULL", name=op.f("ck_outcome_credit_decider_has_time")
        ),
        sa.CheckConstraint(
            "withdrawn_by_id IS NULL OR withdrawn_by_id = person_id",
            name=op.f("ck_outcome_credit_withdrawn_by_the_person"),
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_outcome_credit_asked_by_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_outcome_credit_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_outcome_credit_institution_id")
        ),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_outcome_credit_outcome_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_outcome_credit_person_id")),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["person.id"], name=op.f("fk_outcome_credit_withdrawn_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_credit")),
    )
    with op.batch_alter_table("outcome_credit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outcome_credit_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_outcome_credit_institution_id"), ["institution_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_outcome_credit_outcome_id"), ["outcome_id"], unique=False)
        batch_op.create_index("ix_outcome_credit_person", ["person_id", "state"], unique=False)
        batch_op.create_index("ix_outcome_credit_waiting", ["state", "due_at"], unique=False)
        batch_op.create_index(
            "uq_outcome_credit_live",
            ["outcome_id", "person_id", "role"],
            unique=True,
            sqlite_where=sa.text("state IN ('asked', 'accepted')"),
            postgresql_where=sa.text("state IN ('asked', 'accepted')"),
        )

    op.create_table(
        "outcome_facet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("facet", sa.String(length=12), nullable=False),
        sa.Column("value", sa.String(length=20), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["outcome.id"], name=op.f("fk_outcome_facet_outcome_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_facet")),
        sa.UniqueConstraint(
            "outcome_id", "facet", "value", name=op.f("uq_outcome_facet_outcome_id_facet_value")
        ),
    )
    with op.batch_alter_table("outcome_facet", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outcome_facet_value", ["facet", "value", "listed_at", "outcome_id"], unique=False
        )

    op.create_table(
        "outcome_objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
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
            name=op.f("ck_outcome_objection_decided_has_decider"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_outcome_objection_has_reason")),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision_code IS NULL)",
            name=op.f("ck_outcome_objection_decided_has_code"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_at IS NOT NULL",
            name=op.f("ck_outcome_objection_decider_has_time"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> asked_by_id",
            name=op.f("ck_outcome_objection_settled_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_outcome_objection_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_outcome_objection_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_outcome_objection_institution_id")
        ),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_outcome_objection_outcome_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_objection")),
    )
    with op.batch_alter_table("outcome_objection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outcome_objection_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_outcome_objection_institution_id"), ["institution_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_outcome_objection_outcome_id"), ["outcome_id"], unique=False)
        batch_op.create_index("ix_outcome_objection_waiting", ["decided_at", "due_at"], unique=False)
        batch_op.create_index(
            "uq_outcome_objection_open",
            ["outcome_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )

    op.create_table(
        "problem_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=6), nullable=False),
        sa.Column("before", sa.String(length=14), nullable=False),
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
            name=op.f("ck_problem_answer_decided_has_decider"),
        ),
        sa.CheckConstraint("side IN ('author', 'lead')", name=op.f("ck_problem_answer_side")),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision_code IS NULL)", name=op.f("ck_problem_answer_decided_has_code")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_at IS NOT NULL", name=op.f("ck_problem_answer_decider_has_time")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_problem_answer_asked_by_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_problem_answer_decided_by_id")
        ),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_problem_answer_outcome_id")),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name=op.f("fk_problem_answer_problem_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_answer")),
    )
    with op.batch_alter_table("problem_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_problem_answer_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_problem_answer_problem_id"), ["problem_id"], unique=False)
        batch_op.create_index("ix_problem_answer_waiting", ["decided_at", "due_at"], unique=False)
        batch_op.create_index("uq_problem_answer_side", ["outcome_id", "side"], unique=True)
    # By hand: who is named stays named. Rows are never deleted; whose row it is never changes; what was answered keeps its
    # role and degree; what was accepted only becomes withdrawn (by the person, which a constraint holds).
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER outcome_credit_no_delete BEFORE DELETE ON outcome_credit BEGIN "
            "SELECT RAISE(ABORT, 'who is named in an outcome stays'); END"
        )
        op.execute(
            f"CREATE TRIGGER outcome_credit_stands BEFORE UPDATE ON outcome_credit WHEN {SHRINKS.format(is_not='IS NOT')} BEGIN "
            "SELECT RAISE(ABORT, 'who is named in an outcome stays'); END"
        )
    else:
        op.execute(
            "CREATE FUNCTION outcome_credit_stands() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'DELETE' OR ({SHRINKS.format(is_not='IS DISTINCT FROM')}) THEN "
            "RAISE EXCEPTION 'who is named in an outcome stays' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            "RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER outcome_credit_stands BEFORE UPDATE OR DELETE ON outcome_credit "
            "FOR EACH ROW EXECUTE FUNCTION outcome_credit_stands()"
        )
        op.execute(
            "CREATE TRIGGER outcome_credit_not_emptied BEFORE TRUNCATE ON outcome_credit "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Back."""
    # By hand
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER outcome_credit_stands")
        op.execute("DROP TRIGGER outcome_credit_no_delete")
    else:
        op.execute("DROP TRIGGER outcome_credit_not_emptied ON outcome_credit")
        op.execute("DROP TRIGGER outcome_credit_stands ON outcome_credit")
        op.execute("DROP FUNCTION outcome_credit_stands()")
    # Made
    with op.batch_alter_table("problem_answer", schema=None) as batch_op:
        batch_op.drop_index("uq_problem_answer_side")
        batch_op.drop_index("ix_problem_answer_waiting")
        batch_op.drop_index(batch_op.f("ix_problem_answer_problem_id"))
        batch_op.drop_index(batch_op.f("ix_problem_answer_asked_by_id"))

    op.drop_table("problem_answer")
    with op.batch_alter_table("outcome_objection", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_outcome_objection_open",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index("ix_outcome_objection_waiting")
        batch_op.drop_index(batch_op.f("ix_outcome_objection_outcome_id"))
        batch_op.drop_index(batch_op.f("ix_outcome_objection_institution_id"))
        batch_op.drop_index(batch_op.f("ix_outcome_objection_asked_by_id"))

    op.drop_table("outcome_objection")
    with op.batch_alter_table("outcome_facet", schema=None) as batch_op:
        batch_op.drop_index("ix_outcome_facet_value")

    op.drop_table("outcome_facet")
    with op.batch_alter_table("outcome_credit", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_outcome_credit_live",
            sqlite_where=sa.text("state IN ('asked', 'accepted')"),
            postgresql_where=sa.text("state IN ('asked', 'accepted')"),
        )
        batch_op.drop_index("ix_outcome_credit_waiting")
        batch_op.drop_index("ix_outcome_credit_person")
        batch_op.drop_index(batch_op.f("ix_outcome_credit_outcome_id"))
        batch_op.drop_index(batch_op.f("ix_outcome_credit_institution_id"))
        batch_op.drop_index(batch_op.f("ix_outcome_credit_asked_by_id"))

    op.drop_table("outcome_credit")
    with op.batch_alter_table("outcome_confirmation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_outcome_confirmation_open",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index("ix_outcome_confirmation_waiting")
        batch_op.drop_index(batch_op.f("ix_outcome_confirmation_outcome_id"))
        batch_op.drop_index(batch_op.f("ix_outcome_confirmation_institution_id"))
        batch_op.drop_index(batch_op.f("ix_outcome_confirmation_asked_by_id"))

    op.drop_table("outcome_confirmation")
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.drop_index("ix_outcome_window")
        batch_op.drop_index("ix_outcome_team")
        batch_op.drop_index("ix_outcome_project")
        batch_op.drop_index("ix_outcome_problem")
        batch_op.drop_index("ix_outcome_newest")
        batch_op.drop_index("ix_outcome_institution")
        batch_op.drop_index("ix_outcome_consortium")
        batch_op.drop_index("ix_outcome_confirmer")
        batch_op.drop_index(batch_op.f("ix_outcome_claimer_id"))

    op.drop_table("outcome")
    op.drop_table("no_outcome")
    op.drop_table("outcome_number")

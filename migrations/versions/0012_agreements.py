"""What the portal keeps for: agreements.

Revision: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# What was put before the parties and what they signed stays as it was.
APPEND_ONLY = ("agreement_version", "agreement_signature")
WORDS = [
    "kind",
    "title",
    "language",
    "prevailing",
    "texts",
    "starts_on",
    "ends_on",
    "notice_days",
    "amends_id",
]
_WRITABLE = "(SELECT state FROM agreement WHERE id = {row}.agreement_id) NOT IN ('draft', 'negotiation')"
_GIVES = "EXISTS (SELECT 1 FROM agreement_commitment c WHERE c.agreement_id = p.agreement_id AND c.giver_id = p.institution_id)"
_GAINS = _GIVES.replace("giver_id", "receiver_id")
# (name, when, the condition under which it is refused, what is said then)
REFUSALS = (
    (
        "agreement_signature_of_newest",
        "BEFORE INSERT ON agreement_signature",
        "NOT EXISTS (SELECT 1 FROM agreement a WHERE a.id = NEW.agreement_id AND a.number = NEW.number "
        "AND a.state IN ('ready', 'partly_signed'))",
        "only the version that is ready is signed",
    ),
    (
        "agreement_signature_two_way",
        "BEFORE INSERT ON agreement_signature",
        "EXISTS (SELECT 1 FROM agreement_party p WHERE p.agreement_id = NEW.agreement_id AND NOT (gives AND gains) "
        "AND NOT (p.gift_at IS NOT NULL AND (gives OR gains)))".replace("gives", _GIVES).replace(
            "gains", _GAINS
        ),
        "a party only gives or only gains",
    ),
    (
        "agreement_in_force_signed",
        "BEFORE UPDATE ON agreement",
        "NEW.state = 'in_force' AND OLD.state <> 'in_force' AND EXISTS (SELECT 1 FROM agreement_party p "
        "WHERE p.agreement_id = NEW.id AND NOT EXISTS (SELECT 1 FROM agreement_signature s "
        "WHERE s.agreement_id = p.agreement_id AND s.institution_id = p.institution_id AND s.number = NEW.number))",
        "not every party has signed",
    ),
    (
        "agreement_amends_what_runs",
        "BEFORE UPDATE ON agreement",
        "NEW.state = 'in_force' AND OLD.state <> 'in_force' AND NEW.amends_id IS NOT NULL "
        "AND (SELECT state FROM agreement WHERE id = NEW.amends_id) <> 'in_force'",
        "what it amends has ended",
    ),
    (
        "agreement_party_stays",
        "BEFORE UPDATE ON agreement_party",
        "NEW.institution_id <> OLD.institution_id OR NEW.agreement_id <> OLD.agreement_id",
        "a party stays who it is",
    ),
    (
        "agreement_words_kept",
        "BEFORE UPDATE ON agreement",
        "OLD.number > 0 AND (NEW.number = OLD.number OR NEW.state <> 'negotiation') AND ("
        + " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in WORDS)
        + ")",
        "what was sent changes only with a new version",
    ),
    *(
        (
            f"agreement_{table}_{verb.lower()}_kept",
            f"BEFORE {verb} ON agreement_{table}",
            _WRITABLE.format(row="OLD" if verb == "DELETE" else "NEW"),
            "what is ready or signed does not change",
        )
        for table, verbs in (("commitment", ("INSERT", "UPDATE", "DELETE")), ("party", ("INSERT", "DELETE")))
        for verb in verbs
    ),
)


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "agreement_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_number")),
        sa.UniqueConstraint("year", name=op.f("uq_agreement_number_year")),
    )
    op.create_table(
        "agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("prevailing", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=True),
        sa.Column("consortium_id", sa.Integer(), nullable=True),
        sa.Column("interest_id", sa.Integer(), nullable=True),
        sa.Column("amends_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("ball_institution_id", sa.Integer(), nullable=True),
        sa.Column("ball_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ball_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ball_note", sa.String(length=500), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notice_institution_id", sa.Integer(), nullable=True),
        sa.Column("notice_by_id", sa.Integer(), nullable=True),
        sa.Column("notice_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notice_ends_on", sa.Date(), nullable=True),
        sa.Column("notice_reason", sa.String(length=1000), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_code", sa.String(length=20), nullable=False),
        sa.Column("closed_note", sa.String(length=1000), nullable=False),
        sa.Column("parts_done", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("texts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_code = '')", name=op.f("ck_agreement_closed_why")),
        sa.CheckConstraint(
            "(state IN ('ended', 'withdrawn', 'declined', 'expired', 'terminated')) = (closed_at IS NOT NULL)",
            name=op.f("ck_agreement_closed_when"),
        ),
        sa.CheckConstraint(
            "(state IN ('in_force', 'ended', 'terminated')) = (in_force_at IS NOT NULL)",
            name=op.f("ck_agreement_in_force_since"),
        ),
        sa.CheckConstraint(
            "(state IN ('negotiation', 'ready', 'partly_signed')) = (ball_institution_id IS NOT NULL)",
            name=op.f("ck_agreement_open_has_ball"),
        ),
        sa.CheckConstraint(
            "kind IN ('memorandum', 'confidentiality', 'material_transfer', 'data_use', 'joint_work', 'technology_licence', 'exchange_visit')",
            name=op.f("ck_agreement_kind"),
        ),
        sa.CheckConstraint(
            "notice_at IS NULL OR state IN ('in_force', 'ended', 'terminated')",
            name=op.f("ck_agreement_notice_in_force"),
        ),
        sa.CheckConstraint(
            "number > 0 OR state IN ('draft', 'withdrawn', 'expired')",
            name=op.f("ck_agreement_sent_has_version"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'negotiation', 'ready', 'partly_signed', 'in_force', 'ended', 'withdrawn', 'declined', 'expired', 'terminated')",
            name=op.f("ck_agreement_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('declined', 'withdrawn') OR closed_by_id IS NOT NULL",
            name=op.f("ck_agreement_closed_by_somebody"),
        ),
        sa.CheckConstraint(
            "(ball_institution_id IS NULL) = (ball_since IS NULL) AND (ball_since IS NULL) = (ball_due_at IS NULL)",
            name=op.f("ck_agreement_ball_has_dates"),
        ),
        sa.CheckConstraint(
            "(notice_at IS NULL) = (notice_by_id IS NULL) AND (notice_at IS NULL) = (notice_institution_id IS NULL) AND (notice_at IS NULL) = (notice_ends_on IS NULL)",
            name=op.f("ck_agreement_notice_whole"),
        ),
        sa.CheckConstraint("(number > 0) = (code IS NOT NULL)", name=op.f("ck_agreement_sent_has_code")),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_agreement_ends_after_start"),
        ),
        sa.CheckConstraint("notice_days BETWEEN 0 AND 730", name=op.f("ck_agreement_notice_days")),
        sa.ForeignKeyConstraint(["amends_id"], ["agreement.id"], name=op.f("fk_agreement_amends_id")),
        sa.ForeignKeyConstraint(
            ["ball_institution_id"], ["institution.id"], name=op.f("fk_agreement_ball_institution_id")
        ),
        sa.ForeignKeyConstraint(["closed_by_id"], ["person.id"], name=op.f("fk_agreement_closed_by_id")),
        sa.ForeignKeyConstraint(
            ["consortium_id"], ["consortium.id"], name=op.f("fk_agreement_consortium_id")
        ),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["person.id"], name=op.f("fk_agreement_drafted_by_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_agreement_institution_id")
        ),
        sa.ForeignKeyConstraint(["interest_id"], ["interest.id"], name=op.f("fk_agreement_interest_id")),
        sa.ForeignKeyConstraint(["notice_by_id"], ["person.id"], name=op.f("fk_agreement_notice_by_id")),
        sa.ForeignKeyConstraint(
            ["notice_institution_id"], ["institution.id"], name=op.f("fk_agreement_notice_institution_id")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_agreement_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("code", name=op.f("uq_agreement_code")),
        sa.UniqueConstraint("interest_id", name=op.f("uq_agreement_interest_id")),
    )
    with op.batch_alter_table("agreement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agreement_amends_id"), ["amends_id"], unique=False)
        batch_op.create_index("ix_agreement_ball", ["ball_institution_id", "ball_due_at"], unique=False)
        batch_op.create_index("ix_agreement_consortium", ["consortium_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_agreement_drafted_by_id"), ["drafted_by_id"], unique=False)
        batch_op.create_index("ix_agreement_end", ["state", "ends_on"], unique=False)
        batch_op.create_index("ix_agreement_institution", ["institution_id", "state"], unique=False)
        batch_op.create_index("ix_agreement_newest", ["moved_at", "id"], unique=False)
        batch_op.create_index("ix_agreement_project", ["project_id", "state"], unique=False)
        batch_op.create_index("ix_agreement_state", ["state", "moved_at", "id"], unique=False)

    op.create_table(
        "agreement_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("signatory_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content_number", sa.Integer(), nullable=True),
        sa.Column("content_by_id", sa.Integer(), nullable=True),
        sa.Column("content_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gift_reason", sa.String(length=500), nullable=False),
        sa.Column("gift_by_id", sa.Integer(), nullable=True),
        sa.Column("gift_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(gift_at IS NULL) = (gift_by_id IS NULL) AND (gift_at IS NULL) = (gift_reason = '')",
            name=op.f("ck_agreement_party_gift_whole"),
        ),
        sa.CheckConstraint(
            "(content_at IS NULL) = (content_number IS NULL) AND (content_at IS NULL) = (content_by_id IS NULL)",
            name=op.f("ck_agreement_party_content_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_party_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["content_by_id"], ["person.id"], name=op.f("fk_agreement_party_content_by_id")
        ),
        sa.ForeignKeyConstraint(["gift_by_id"], ["person.id"], name=op.f("fk_agreement_party_gift_by_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_agreement_party_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["signatory_id"], ["person.id"], name=op.f("fk_agreement_party_signatory_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_party")),
        sa.UniqueConstraint(
            "agreement_id", "institution_id", name=op.f("uq_agreement_party_agreement_id_institution_id")
        ),
    )
    with op.batch_alter_table("agreement_party", schema=None) as batch_op:
        batch_op.create_index(
            "ix_agreement_party_institution", ["institution_id", "agreement_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_agreement_party_signatory_id"), ["signatory_id"], unique=False)

    op.create_table(
        "agreement_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_agreement_version_sha256")),
        sa.CheckConstraint("number > 0", name=op.f("ck_agreement_version_number")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_version_agreement_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_agreement_version_by_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_agreement_version_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_version")),
        sa.UniqueConstraint("agreement_id", "number", "sha256", name="uq_agreement_version_text"),
        sa.UniqueConstraint("agreement_id", "number", name=op.f("uq_agreement_version_agreement_id_number")),
    )
    op.create_table(
        "agreement_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.String(length=24), nullable=False),
        sa.Column("quote", sa.String(length=300), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("text <> ''", name=op.f("ck_agreement_comment_has_text")),
        sa.CheckConstraint(
            "(resolved_at IS NULL) = (resolved_by_id IS NULL)",
            name=op.f("ck_agreement_comment_resolved_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id", "number"],
            ["agreement_version.agreement_id", "agreement_version.number"],
            name="fk_agreement_comment_version",
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_comment_agreement_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_agreement_comment_by_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_agreement_comment_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"], ["person.id"], name=op.f("fk_agreement_comment_resolved_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_comment")),
    )
    with op.batch_alter_table("agreement_comment", schema=None) as batch_op:
        batch_op.create_index("ix_agreement_comment_agreement", ["agreement_id", "id"], unique=False)

    op.create_table(
        "agreement_commitment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("repeats", sa.String(length=8), nullable=False),
        sa.Column("repeats_from", sa.Date(), nullable=True),
        sa.Column("repeats_until", sa.Date(), nullable=True),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(quantity IS NULL) = (unit = '')", name=op.f("ck_agreement_commitment_quantity_has_unit")
        ),
        sa.CheckConstraint(
            "(repeats = '') = (repeats_from IS NULL) AND (repeats = '') = (repeats_until IS NULL)",
            name=op.f("ck_agreement_commitment_repeats_has_days"),
        ),
        sa.CheckConstraint(
            "repeats = '' OR due_on IS NULL", name=op.f("ck_agreement_commitment_once_or_repeating")
        ),
        sa.CheckConstraint(
            "repeats = '' OR repeats IN ('month', 'quarter', 'year')",
            name=op.f("ck_agreement_commitment_repeats"),
        ),
        sa.CheckConstraint("text <> ''", name=op.f("ck_agreement_commitment_has_text")),
        sa.CheckConstraint("giver_id <> receiver_id", name=op.f("ck_agreement_commitment_two_sides")),
        sa.CheckConstraint("quantity IS NULL OR quantity > 0", name=op.f("ck_agreement_commitment_quantity")),
        sa.CheckConstraint(
            "repeats_until >= repeats_from", name=op.f("ck_agreement_commitment_repeats_ends_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id", "giver_id"],
            ["agreement_party.agreement_id", "agreement_party.institution_id"],
            name="fk_agreement_commitment_giver_party",
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id", "receiver_id"],
            ["agreement_party.agreement_id", "agreement_party.institution_id"],
            name="fk_agreement_commitment_receiver_party",
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_commitment_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["giver_id"], ["institution.id"], name=op.f("fk_agreement_commitment_giver_id")
        ),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["institution.id"], name=op.f("fk_agreement_commitment_receiver_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_commitment")),
    )
    with op.batch_alter_table("agreement_commitment", schema=None) as batch_op:
        batch_op.create_index(
            "ix_agreement_commitment_order", ["agreement_id", "position", "id"], unique=False
        )

    op.create_table(
        "agreement_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.String(length=160), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("capacity <> ''", name=op.f("ck_agreement_signature_has_capacity")),
        sa.ForeignKeyConstraint(
            ["agreement_id", "institution_id"],
            ["agreement_party.agreement_id", "agreement_party.institution_id"],
            name="fk_agreement_signature_party",
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id", "number", "sha256"],
            ["agreement_version.agreement_id", "agreement_version.number", "agreement_version.sha256"],
            name="fk_agreement_signature_text",
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_signature_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_agreement_signature_institution_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_agreement_signature_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_signature")),
        sa.UniqueConstraint(
            "agreement_id",
            "number",
            "institution_id",
            name=op.f("uq_agreement_signature_agreement_id_number_institution_id"),
        ),
        sa.UniqueConstraint(
            "agreement_id",
            "number",
            "person_id",
            name=op.f("uq_agreement_signature_agreement_id_number_person_id"),
        ),
    )
    with op.batch_alter_table("agreement_signature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agreement_signature_person_id"), ["person_id"], unique=False)
    # By hand
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN "
                    f"SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        for name, when, condition, why in REFUSALS:
            op.execute(
                f"CREATE TRIGGER {name} {when} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{why}'); END"
            )
    else:
        for table in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        for name, when, condition, why in REFUSALS:
            row = "OLD" if "DELETE" in when else "NEW"
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN "
                f"RAISE EXCEPTION '{why}'; END IF; RETURN {row}; END $$"
            )
            op.execute(f"CREATE TRIGGER {name} {when} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    """Back."""
    # By hand
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, when, _condition, _why in REFUSALS:
        if is_sqlite:
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP TRIGGER {name} ON {when.rpartition(' ')[2]}")
            op.execute(f"DROP FUNCTION {name}()")
    for table in APPEND_ONLY:
        if is_sqlite:
            for verb in ("update", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{verb}")
        else:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    # Made
    with op.batch_alter_table("agreement_signature", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agreement_signature_person_id"))

    op.drop_table("agreement_signature")
    with op.batch_alter_table("agreement_commitment", schema=None) as batch_op:
        batch_op.drop_index("ix_agreement_commitment_order")

    op.drop_table("agreement_commitment")
    with op.batch_alter_table("agreement_comment", schema=None) as batch_op:
        batch_op.drop_index("ix_agreement_comment_agreement")

    op.drop_table("agreement_comment")
    op.drop_table("agreement_version")
    with op.batch_alter_table("agreement_party", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agreement_party_signatory_id"))
        batch_op.drop_index("ix_agreement_party_institution")

    op.drop_table("agreement_party")
    with op.batch_alter_table("agreement", schema=None) as batch_op:
        batch_op.drop_index("ix_agreement_state")
        batch_op.drop_index("ix_agreement_project")
        batch_op.drop_index("ix_agreement_newest")
        batch_op.drop_index("ix_agreement_institution")
        batch_op.drop_index("ix_agreement_end")
        batch_op.drop_index(batch_op.f("ix_agreement_drafted_by_id"))
        batch_op.drop_index("ix_agreement_consortium")
        batch_op.drop_index("ix_agreement_ball")
        batch_op.drop_index(batch_op.f("ix_agreement_amends_id"))

    op.drop_table("agreement")
    op.drop_table("agreement_number")

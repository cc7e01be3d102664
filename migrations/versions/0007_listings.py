"""What the portal keeps for: listings.

Revision: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "listing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(length=5), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("kind_group", sa.String(length=14), nullable=False),
        sa.Column("catalogue", sa.String(length=9), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("visibility", sa.String(length=12), nullable=False),
        sa.Column("detail_visibility", sa.String(length=12), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("consortium_id", sa.Integer(), nullable=True),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("summary", sa.String(length=500), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("free_from", sa.Date(), nullable=True),
        sa.Column("free_until", sa.Date(), nullable=True),
        sa.Column("is_remote", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("cost_basis", sa.String(length=12), nullable=False),
        sa.Column("cost_note", sa.String(length=300), nullable=False),
        sa.Column("is_gift", sa.Boolean(), nullable=False),
        sa.Column("who_may_ask", sa.String(length=12), nullable=False),
        sa.Column("access_mode", sa.String(length=10), nullable=False),
        sa.Column("partner_wanted", sa.String(length=300), nullable=False),
        sa.Column("forms", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("languages", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("sdg_goals", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("fields", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("keywords", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("readiness", sa.Integer(), nullable=True),
        sa.Column("rights", sa.String(length=12), nullable=False),
        sa.Column("rights_numbers", sa.String(length=200), nullable=False),
        sa.Column("manufacturer", sa.String(length=120), nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("persistent_id", sa.String(length=200), nullable=False),
        sa.Column("operator_needed", sa.Boolean(), nullable=True),
        sa.Column("external_id", sa.String(length=80), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_days", sa.Integer(), nullable=True),
        sa.Column("stale_reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "localised",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("training", sa.Text(), nullable=False),
        sa.Column("ethics", sa.Text(), nullable=False),
        sa.Column("safety", sa.Text(), nullable=False),
        sa.Column("export_control", sa.Text(), nullable=False),
        sa.Column("advantages", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(catalogue = 'resources' AND kind_group = 'skills' AND kind IN ('staff_time', 'training', 'supervision', 'secondment', 'review', 'translation', 'brokering')) OR (catalogue = 'resources' AND kind_group = 'resources' AND kind IN ('facility_time', 'computing', 'storage', 'space', 'material', 'software', 'field_site', 'funding', 'logistics')) OR (catalogue = 'exchange' AND kind_group = 'knowledge' AND kind IN ('technology', 'research_result', 'data_set', 'method', 'field_insight', 'literature')) OR (catalogue = 'exchange' AND kind_group = 'opportunities' AND kind IN ('market_access', 'test_bed', 'introduction', 'joint_bid', 'event_slot', 'joint_rights', 'recognition'))",
            name=op.f("ck_listing_group_of_kind"),
        ),
        sa.CheckConstraint("(quantity IS NULL) = (unit = '')", name=op.f("ck_listing_quantity_has_unit")),
        sa.CheckConstraint(
            "access_mode IN ('slot', 'quantity', 'on_request', 'open')", name=op.f("ck_listing_access_mode")
        ),
        sa.CheckConstraint(
            "consortium_id IS NOT NULL OR (visibility <> 'consortium' AND detail_visibility <> 'consortium' AND who_may_ask <> 'consortium')",
            name=op.f("ck_listing_members_of_a_consortium"),
        ),
        sa.CheckConstraint(
            "cost_basis IN ('free', 'at_cost', 'in_exchange')", name=op.f("ck_listing_cost_basis")
        ),
        sa.CheckConstraint(
            "detail_visibility IN ('public', 'signed_in', 'consortium', 'mutual', 'agreement')",
            name=op.f("ck_listing_detail_visibility"),
        ),
        sa.CheckConstraint("direction IN ('offer', 'need')", name=op.f("ck_listing_direction")),
        sa.CheckConstraint(
            "rights IN ('', 'secret', 'applied', 'granted', 'copyright', 'open_licence')",
            name=op.f("ck_listing_rights"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'in_review', 'returned', 'published', 'paused', 'expired', 'retired')",
            name=op.f("ck_listing_state"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'in_review', 'returned', 'retired') OR published_at IS NOT NULL",
            name=op.f("ck_listing_public_has_date"),
        ),
        sa.CheckConstraint(
            "visibility IN ('public', 'signed_in', 'consortium')", name=op.f("ck_listing_visibility")
        ),
        sa.CheckConstraint(
            "who_may_ask IN ('anyone', 'consortium', 'institutions')", name=op.f("ck_listing_who_may_ask")
        ),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_listing_whole_point")),
        sa.CheckConstraint(
            "free_from IS NULL OR free_until IS NULL OR free_until > free_from",
            name=op.f("ck_listing_period"),
        ),
        sa.CheckConstraint(
            "latitude IS NULL OR (latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)",
            name=op.f("ck_listing_point_on_earth"),
        ),
        sa.CheckConstraint(
            "quantity IS NULL OR (quantity > 0 AND quantity <= 100000000000000)",
            name=op.f("ck_listing_quantity"),
        ),
        sa.CheckConstraint(
            "readiness IS NULL OR readiness BETWEEN 1 AND 9", name=op.f("ck_listing_readiness")
        ),
        sa.ForeignKeyConstraint(["consortium_id"], ["consortium.id"], name=op.f("fk_listing_consortium_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["person.id"], name=op.f("fk_listing_contact_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_listing_created_by_id")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_listing_institution_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
        sa.UniqueConstraint(
            "institution_id", "external_id", name=op.f("uq_listing_institution_id_external_id")
        ),
    )
    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.create_index(
            "ix_listing_consortium", ["consortium_id", "state", "listed_at", "id"], unique=False
        )
        batch_op.create_index("ix_listing_contact", ["contact_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_listing_created_by_id"), ["created_by_id"], unique=False)
        batch_op.create_index("ix_listing_ending", ["catalogue", "state", "valid_until", "id"], unique=False)
        batch_op.create_index(
            "ix_listing_institution", ["institution_id", "state", "listed_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_listing_listed",
            [
                "catalogue",
                "state",
                "listed_at",
                "id",
                "visibility",
                "consortium_id",
                "institution_id",
                "direction",
                "kind_group",
                "cost_basis",
                "free_from",
                "free_until",
            ],
            unique=False,
        )
        batch_op.create_index("ix_listing_stale", ["state", "confirmed_at", "id"], unique=False)
        batch_op.create_index("ix_listing_valid", ["state", "valid_until", "id"], unique=False)

    op.create_table(
        "listing_load",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("uploads", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("ignored", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("fault", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("faulty", sa.Integer(), nullable=False),
        sa.Column("only_good", sa.Boolean(), nullable=False),
        sa.Column("in_review", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('received', 'checking', 'checked', 'confirmed', 'loading', 'loaded', 'failed', 'cancelled', 'lapsed')",
            name=op.f("ck_listing_load_state"),
        ),
        sa.CheckConstraint("rows_done <= rows_total", name=op.f("ck_listing_load_no_more_than_all")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_listing_load_institution_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_listing_load_person_id")),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_listing_load_stored_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_load")),
    )
    with op.batch_alter_table("listing_load", schema=None) as batch_op:
        batch_op.create_index("ix_listing_load_institution", ["institution_id", "id"], unique=False)
        batch_op.create_index("ix_listing_load_person", ["person_id", "id"], unique=False)
        batch_op.create_index("ix_listing_load_work", ["state", "id"], unique=False)

    op.create_table(
        "listing_asker",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_listing_asker_institution_id")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_listing_asker_listing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_asker")),
        sa.UniqueConstraint(
            "listing_id", "institution_id", name=op.f("uq_listing_asker_listing_id_institution_id")
        ),
    )
    with op.batch_alter_table("listing_asker", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_listing_asker_institution_id"), ["institution_id"], unique=False)

    op.create_table(
        "listing_facet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("catalogue", sa.String(length=9), nullable=False),
        sa.Column("facet", sa.String(length=11), nullable=False),
        sa.Column("value", sa.String(length=20), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_listing_facet_listing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_facet")),
        sa.UniqueConstraint(
            "listing_id", "facet", "value", name=op.f("uq_listing_facet_listing_id_facet_value")
        ),
    )
    with op.batch_alter_table("listing_facet", schema=None) as batch_op:
        batch_op.create_index(
            "ix_listing_facet_value", ["catalogue", "facet", "value", "listed_at", "listing_id"], unique=False
        )

    op.create_table(
        "listing_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_listing_line_listing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_line")),
    )
    with op.batch_alter_table("listing_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_listing_line_listing_id"), ["listing_id"], unique=False)

    op.create_table(
        "listing_load_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("load_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=9), nullable=False),
        sa.Column("identifier", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("faults", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("cells", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('', 'new', 'updated', 'unchanged', 'faulty')",
            name=op.f("ck_listing_load_row_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["load_id"], ["listing_load.id"], name=op.f("fk_listing_load_row_load_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_load_row")),
        sa.UniqueConstraint("load_id", "number", name=op.f("uq_listing_load_row_load_id_number")),
    )
    with op.batch_alter_table("listing_load_row", schema=None) as batch_op:
        batch_op.create_index("ix_listing_load_row_outcome", ["load_id", "outcome", "number"], unique=False)

    op.create_table(
        "listing_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_listing_photo_file_id")),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_listing_photo_listing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_photo")),
        sa.UniqueConstraint("file_id", name=op.f("uq_listing_photo_file_id")),
        sa.UniqueConstraint("listing_id", name=op.f("uq_listing_photo_listing_id")),
    )
    op.create_table(
        "listing_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
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
            name=op.f("ck_listing_review_decided_has_decider"),
        ),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decision_code IS NULL)", name=op.f("ck_listing_review_decided_has_code")
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_at IS NOT NULL", name=op.f("ck_listing_review_decider_has_time")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_listing_review_asked_by_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_listing_review_decided_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_listing_review_listing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_review")),
    )
    with op.batch_alter_table("listing_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_listing_review_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_listing_review_listing_id"), ["listing_id"], unique=False)
        batch_op.create_index("ix_listing_review_waiting", ["decided_at", "due_at"], unique=False)
        batch_op.create_index(
            "uq_listing_review_open",
            ["listing_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("listing_review", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_listing_review_open",
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )
        batch_op.drop_index("ix_listing_review_waiting")
        batch_op.drop_index(batch_op.f("ix_listing_review_listing_id"))
        batch_op.drop_index(batch_op.f("ix_listing_review_asked_by_id"))

    op.drop_table("listing_review")
    op.drop_table("listing_photo")
    with op.batch_alter_table("listing_load_row", schema=None) as batch_op:
        batch_op.drop_index("ix_listing_load_row_outcome")

    op.drop_table("listing_load_row")
    with op.batch_alter_table("listing_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_listing_line_listing_id"))

    op.drop_table("listing_line")
    with op.batch_alter_table("listing_facet", schema=None) as batch_op:
        batch_op.drop_index("ix_listing_facet_value")

    op.drop_table("listing_facet")
    with op.batch_alter_table("listing_asker", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_listing_asker_institution_id"))

    op.drop_table("listing_asker")
    with op.batch_alter_table("listing_load", schema=None) as batch_op:
        batch_op.drop_index("ix_listing_load_work")
        batch_op.drop_index("ix_listing_load_person")
        batch_op.drop_index("ix_listing_load_institution")

    op.drop_table("listing_load")
    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.drop_index("ix_listing_valid")
        batch_op.drop_index("ix_listing_stale")
        batch_op.drop_index("ix_listing_listed")
        batch_op.drop_index("ix_listing_institution")
        batch_op.drop_index("ix_listing_ending")
        batch_op.drop_index(batch_op.f("ix_listing_created_by_id"))
        batch_op.drop_index("ix_listing_contact")
        batch_op.drop_index("ix_listing_consortium")

    op.drop_table("listing")

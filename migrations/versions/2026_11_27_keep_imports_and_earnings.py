"""Keep imported files, subscriptions, lines of earnings, and whom payments are arranged with."""

import sqlalchemy as sa
from alembic import op

revision = "keep_imports_and_earnings"
down_revision = "tell_left_forms_apart"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subscription_readings",
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("subscription_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ends_on", sa.String(), nullable=False),
        sa.Column("as_of", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_readings")),
        sa.UniqueConstraint("key", "digest", name=op.f("uq_subscription_readings_key_digest")),
    )
    with op.batch_alter_table("subscription_readings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_subscription_readings_subscription_id"), ["subscription_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_subscription_readings_tenant_id"), ["tenant_id"], unique=False)
        batch_op.create_index(
            "uq_subscription_readings_live_key",
            ["key"],
            unique=True,
            sqlite_where=sa.text("live = 1"),
            postgresql_where=sa.text("live"),
        )

    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("fresh", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("followed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_imports_by_id")),
        sa.ForeignKeyConstraint(["sha256"], ["stored_files.sha256"], name=op.f("fk_imports_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_imports_sha256"), ["sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_imports_state"), ["state"], unique=False)

    op.create_table(
        "payout_contacts",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["people.id"], name=op.f("fk_payout_contacts_changed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_payout_contacts_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_payout_contacts")),
    )
    op.create_table(
        "earning_lines",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.String(), nullable=False),
        sa.Column("engagement", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("subscription_id", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("lever", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("payment_status", sa.String(), nullable=False),
        sa.Column("payment_id", sa.String(), nullable=False),
        sa.Column("paid_on", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_earning_lines_claim_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_earning_lines_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earning_lines")),
        sa.UniqueConstraint("key", "digest", name=op.f("uq_earning_lines_key_digest")),
    )
    with op.batch_alter_table("earning_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_earning_lines_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(
            "ix_earning_lines_totals",
            [
                "organization_id",
                "live",
                "month",
                "engagement",
                "product",
                "payment_status",
                "currency",
                "amount",
            ],
            unique=False,
        )
        batch_op.create_index(
            "uq_earning_lines_live_key",
            ["key"],
            unique=True,
            sqlite_where=sa.text("live = 1"),
            postgresql_where=sa.text("live"),
        )

    op.create_table(
        "import_mistakes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("cell", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_import_mistakes_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_mistakes")),
    )
    with op.batch_alter_table("import_mistakes", schema=None) as batch_op:
        batch_op.create_index("ix_import_mistakes_import_id_row", ["import_id", "row"], unique=False)

    op.create_table(
        "imported_rows",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["imports.id"], name=op.f("fk_imported_rows_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", "row_id", name=op.f("pk_imported_rows")),
    )
    with op.batch_alter_table("imported_rows", schema=None) as batch_op:
        batch_op.create_index("ix_imported_rows_row_id", ["row_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("imported_rows", schema=None) as batch_op:
        batch_op.drop_index("ix_imported_rows_row_id")

    op.drop_table("imported_rows")
    with op.batch_alter_table("import_mistakes", schema=None) as batch_op:
        batch_op.drop_index("ix_import_mistakes_import_id_row")

    op.drop_table("import_mistakes")
    with op.batch_alter_table("earning_lines", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_earning_lines_live_key", sqlite_where=sa.text("live = 1"), postgresql_where=sa.text("live")
        )
        batch_op.drop_index("ix_earning_lines_totals")
        batch_op.drop_index(batch_op.f("ix_earning_lines_claim_id"))

    op.drop_table("earning_lines")
    op.drop_table("payout_contacts")
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_imports_state"))
        batch_op.drop_index(batch_op.f("ix_imports_sha256"))

    op.drop_table("imports")
    with op.batch_alter_table("subscription_readings", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_subscription_readings_live_key",
            sqlite_where=sa.text("live = 1"),
            postgresql_where=sa.text("live"),
        )
        batch_op.drop_index(batch_op.f("ix_subscription_readings_tenant_id"))
        batch_op.drop_index(batch_op.f("ix_subscription_readings_subscription_id"))

    op.drop_table("subscription_readings")

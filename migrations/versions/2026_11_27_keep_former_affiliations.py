"""Keep where a reviewer worked before, and from when until when they are away."""

import sqlalchemy as sa
from alembic import op

revision = "keep_former_affiliations"
down_revision = "keep_imports_and_earnings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_affiliations",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_former_affiliations_organization_id_organizations"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_former_affiliations_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", "organization_id", name=op.f("pk_former_affiliations")),
    )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("away_from", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("away_until", sa.String(), nullable=False, server_default=""))
    # The default was for the rows that were there; from here on the portal says it, as for every column.
    with op.batch_alter_table("people", schema=None) as batch_op:
        for name in ("away_from", "away_until"):
            batch_op.alter_column(
                name, existing_type=sa.String(), existing_nullable=False, server_default=None
            )


def downgrade() -> None:
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_column("away_until")
        batch_op.drop_column("away_from")
    op.drop_table("former_affiliations")

"""Find the claims that hold a content without reading every document."""

from alembic import op

revision = "index_document_contents"
down_revision = "create_portal"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("claim_documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claim_documents_sha256"), ["sha256"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("claim_documents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claim_documents_sha256"))

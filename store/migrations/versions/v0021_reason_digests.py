"""Has links of the audit trail cover a digest of each reason, so that a reason can be cleared and the chain still be checked."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    for name in ("why_salt", "why_digest"):
        op.add_column("audit", sa.Column(name, sa.Text(), nullable=True))

"""Has the audit trail say why, through which door, under which account and of how many children, and chains its entries."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    for name in ("why", "door", "account", "marks", "link"):
        op.add_column("audit", sa.Column(name, sa.Text(), nullable=True))
    for name in ("uid", "children"):
        op.add_column("audit", sa.Column(name, sa.BigInteger(), nullable=True))

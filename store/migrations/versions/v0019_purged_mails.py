"""Adds what is left of mails that were purged."""

import sqlalchemy as sa
from alembic import op

from store.models import UtcDateTime

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "purged",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("remains", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("message_id"),
    )

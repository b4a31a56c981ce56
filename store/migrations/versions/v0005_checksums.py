"""Adds the checksums by which a changed byte of the database is noticed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    for table in ("message", "submission", "outbox"):
        with op.batch_alter_table(table) as altered:
            altered.add_column(sa.Column("checksum", sa.String(), nullable=True))

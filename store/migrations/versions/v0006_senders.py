"""Adds what a mail's headers say of its sender. Mail that was read before is known by its sender's address alone."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("message") as message:
        message.add_column(sa.Column("author", sa.String(), nullable=False, server_default=""))
        message.add_column(sa.Column("authentication", sa.JSON(), nullable=False, server_default="[]"))
    # The checksum covers every column: that of a row without these says nothing any more, until the mail is read again.
    op.execute("UPDATE message SET author = lower(trim(sender)), checksum = NULL")

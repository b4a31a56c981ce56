"""Adds how often a message was tried again, so that one that ends every poll is given up."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("message") as message:
        message.add_column(sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))

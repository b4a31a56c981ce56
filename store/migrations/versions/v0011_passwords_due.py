"""Adds whether passwords are still to be tried on a message, so that a crash before that leaves no file locked."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    with op.batch_alter_table("message") as message:  # a default that is no string would make the table anew
        message.add_column(sa.Column("passwords_due", sa.Boolean(), nullable=False, server_default="0"))

"""Finds the messages that wait for passwords without looking through every one."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_index("ix_message_passwords_due", "message", ["passwords_due"])

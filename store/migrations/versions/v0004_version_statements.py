"""Adds to each file's submission whether its mail says that it replaces what was sent before (以此为准)."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("claim") as file_submission:
        file_submission.add_column(
            sa.Column("replaces", sa.Boolean(), nullable=False, server_default=sa.false())
        )

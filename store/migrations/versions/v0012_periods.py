"""Adds to each submission the period that it speaks of, where its form is owed once a period."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("submission", sa.Column("period", sa.String(), nullable=True))

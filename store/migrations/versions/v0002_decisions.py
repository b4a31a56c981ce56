"""Adds the table of people's decisions about cases and findings."""

import sqlalchemy as sa
from alembic import op

from store.models import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_decision_kind"), "decision", ["kind"], unique=False)
    op.create_index(op.f("ix_decision_subject"), "decision", ["subject"], unique=False)

"""Adds the mails that a server did not give, what was seen of each folder, and who says when a message arrived."""

import sqlalchemy as sa
from alembic import op

from store.models import UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "unfetched",
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("uid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("first_at", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("mailbox", "uidvalidity", "uid"),
    )
    op.create_table(
        "folder_view",
        sa.Column("mailbox", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("messages", sa.BigInteger(), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("compared_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("mailbox"),
    )
    with op.batch_alter_table("message") as message:
        message.add_column(sa.Column("arrival_basis", sa.String(), nullable=False, server_default="server"))

"""Adds the status of each mail recipient and of each job, and widens UIDs to what RFC 3501 allows."""

import sqlalchemy as sa
from alembic import op

from store.models import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("state", sa.String(), nullable=False, server_default="waiting"))
        outbox.add_column(sa.Column("fates", sa.JSON(), nullable=False, server_default="{}"))
        outbox.add_column(sa.Column("tried_at", UtcDateTime(), nullable=True))
        outbox.create_index(op.f("ix_outbox_state"), ["state"], unique=False)
    op.execute(
        "UPDATE outbox SET tried_at = sent_at, state = CASE WHEN sent_at IS NOT NULL THEN 'sent'"
        " WHEN next_at IS NULL THEN 'held' ELSE 'waiting' END"
    )
    op.create_table(
        "pulse",
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("tried_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("hold_until", UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("job", "subject"),
    )
    # An IMAP UID is unsigned and of 32 bits, one more than PostgreSQL's INTEGER holds.
    for table in ("location", "watermark"):
        with op.batch_alter_table(table) as numbered:
            for column in ("uidvalidity", "uid"):
                numbered.alter_column(column, type_=sa.BigInteger(), existing_type=sa.Integer())

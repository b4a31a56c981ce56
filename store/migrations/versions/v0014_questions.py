"""Adds the numbers of questions, the mails that answer them, and which question and mail a decision came by."""

import sqlalchemy as sa
from alembic import op

from store.models import UtcDateTime

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    for table in ("decision", "assignment"):
        op.add_column(table, sa.Column("question", sa.Integer(), nullable=True))
        op.add_column(table, sa.Column("came_by", sa.String(), nullable=True))
    op.create_index("ix_decision_question", "decision", ["question"])
    op.create_table(
        "question",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("guess", sa.Text(), nullable=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("guessed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("kind", "subject"),
    )
    op.create_table(
        "answered_mail",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("mail_id", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("message_id"),
    )
    op.create_index("ix_answered_mail_author", "answered_mail", ["author"])
    op.create_index("ix_answered_mail_mail_id", "answered_mail", ["mail_id"])
    op.create_table(
        "reply",
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("mail_id", sa.String(), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("tapped", sa.String(), nullable=True),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("hides_words", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"]),
        sa.PrimaryKeyConstraint("message_id"),
    )

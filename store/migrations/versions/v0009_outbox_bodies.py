"""Moves the bytes of outgoing mails into a table of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    body = op.create_table(
        "outbox_body",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("head", sa.Text(), nullable=False, server_default=""))
        outbox.add_column(sa.Column("size", sa.Integer(), nullable=False, server_default="0"))
    table = sa.table("outbox", sa.column("key"), sa.column("raw"), sa.column("head"), sa.column("size"))
    connection = op.get_bind()
    for key in list(connection.execute(sa.select(table.c.key)).scalars()):
        raw = bytes(connection.execute(sa.select(table.c.raw).where(table.c.key == key)).scalar_one())
        head = raw.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
        connection.execute(sa.update(table).where(table.c.key == key).values(head=head, size=len(raw)))
        if raw:
            connection.execute(sa.insert(body).values(key=key, raw=raw))
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_column("raw")

"""Runs the migrations for Alembic, on the connection that :mod:`store.engine` hands over."""

from alembic import context
from sqlmodel import SQLModel

import store.models  # noqa: F401 - fills the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
context.run_migrations()

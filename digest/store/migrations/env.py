"""Alembic's entry point; `schema.upgrade` hands it the connection."""

from alembic import context

from digest.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,  # `schema._one_transaction` makes it so
)
with context.begin_transaction():
    context.run_migrations()

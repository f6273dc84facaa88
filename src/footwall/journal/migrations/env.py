"""Runs the steps on the connection that the journal passes in, inside the transaction that it holds."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()

"""Runs keep only what is read."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("dialogs", schema=None) as batch_op:
        batch_op.create_index("ix_dialogs_kind", ["kind"], unique=False)

    with op.batch_alter_table("run_checks", schema=None) as batch_op:
        batch_op.drop_column("created_at")

    with op.batch_alter_table("run_remarks", schema=None) as batch_op:
        batch_op.drop_column("kind")
        batch_op.drop_column("step")
        batch_op.drop_column("told_at")

    with op.batch_alter_table("run_steps", schema=None) as batch_op:
        batch_op.drop_column("told")

"""Who is on duty, and who was called in an emergency."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty_notices",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_duty_notices")),
    )
    op.create_table(
        "duty_overrides",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rota", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_overrides")),
    )
    with op.batch_alter_table("duty_overrides", schema=None) as batch_op:
        batch_op.create_index("ix_duty_overrides_rota", ["rota", "ends_at"], unique=False)

    op.create_table(
        "duty_swaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rota", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("room_id", sa.String(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("back_begins_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("back_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_swaps")),
    )
    with op.batch_alter_table("duty_swaps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duty_swaps_user_id"), ["user_id"], unique=False)

    op.create_table(
        "panics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("raised_by", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_panics_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panics")),
    )
    with op.batch_alter_table("panics", schema=None) as batch_op:
        batch_op.create_index("ix_panics_person", ["raised_by", "raised_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_panics_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "panic_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panic_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=True),
        sa.Column("duty", sa.String(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["panic_id"], ["panics.id"], name=op.f("fk_panic_calls_panic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panic_calls")),
    )
    with op.batch_alter_table("panic_calls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_panic_calls_asked"), ["asked"], unique=False)
        batch_op.create_index(batch_op.f("ix_panic_calls_panic_id"), ["panic_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_panic_calls_user_id"), ["user_id"], unique=False)

    op.create_table(
        "alarm_links",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["panic_calls.id"], name=op.f("fk_alarm_links_call_id")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_alarm_links")),
    )
    with op.batch_alter_table("alarm_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alarm_links_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alarm_links_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["panic_calls.id"], name=op.f("fk_alarms_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    with op.batch_alter_table("alarms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alarms_call_id"), ["call_id"], unique=False)
        batch_op.create_index(
            "ix_alarms_pending",
            ["not_before"],
            unique=False,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )

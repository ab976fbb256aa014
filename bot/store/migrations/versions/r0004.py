"""0004: a schedule may publish what it posts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Publish nothing that was not asked to be."""
    nothing = sa.false()
    op.add_column(
        "schedule", sa.Column("publish", sa.Boolean(), nullable=False, server_default=nothing)
    )

"""0002: the digests of a channel are composed in turn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Say when each was composed; what nobody has begun to post waits for its turn."""
    op.add_column("occurrence", sa.Column("composed_at", sa.BigInteger()))
    op.execute("UPDATE occurrence SET composed_at = recorded_at WHERE reply IS NOT NULL")
    op.execute(
        "UPDATE occurrence SET composed_at = NULL, reply = NULL, snapshots = NULL "
        "WHERE state = 'pending' AND schedule_id IN (SELECT id FROM schedule)"
    )
    op.drop_index("occurrence_ready", "occurrence")
    _index("occurrence_ready", ["visible_at", "id"], "composed_at IS NOT NULL")
    _index("occurrence_waiting", ["at", "id"], "composed_at IS NULL")


def _index(name: str, columns: list[str], where: str) -> None:
    only = sa.text(f"visible_at IS NOT NULL AND {where}")
    op.create_index(name, "occurrence", columns, sqlite_where=only, postgresql_where=only)

"""0003: installations, and words that may be redeemed once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_BIG = sa.BigInteger()
_TEXT = sa.Text()


def upgrade() -> None:
    """Make room for many workspaces."""
    op.create_table(
        "installation",
        sa.Column("tenant", _TEXT, primary_key=True),
        sa.Column("sealed", _TEXT),
        sa.Column("parent", _TEXT),
        sa.Column("saved_at", _BIG, nullable=False),
        sa.Column("claimed_until", _BIG, nullable=False, server_default="0"),
    )
    op.create_table(
        "issued",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("expires_at", _BIG, nullable=False),
    )
    has_parent = sa.text("parent IS NOT NULL")
    op.create_index(
        "installation_parent",
        "installation",
        ["parent"],
        sqlite_where=has_parent,
        postgresql_where=has_parent,
    )

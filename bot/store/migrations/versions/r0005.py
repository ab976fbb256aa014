"""0005: questions that nothing answers, and whether answers were helpful."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_BIG = sa.BigInteger()
_TEXT = sa.Text()


def upgrade() -> None:
    """Make room for what readers say."""
    op.create_table(
        "gap",
        sa.Column("id", _BIG.with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("tenant", _TEXT, nullable=False),
        sa.Column("story", _TEXT, nullable=False),
        sa.Column("wording", sa.String(32), nullable=False),
        sa.Column("text", _TEXT, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", _BIG, nullable=False),
        sa.Column("last_at", _BIG, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "helpful",
        sa.Column("story", _TEXT, primary_key=True),
        sa.Column("entry", _TEXT, primary_key=True),
        sa.Column("yes", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("last_at", _BIG, nullable=False),
    )
    op.create_index("gap_story", "gap", ["tenant", "story"])

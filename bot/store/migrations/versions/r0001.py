"""0001: schedules, occurrences and their attempts, the ledger, notices, pacing."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_BIG = sa.BigInteger()
_TEXT = sa.Text()


def upgrade() -> None:
    """Make the first tables."""
    _schedule()
    _occurrence()
    _table("attempt", _id(), _must("occurrence_id", _BIG), _must("token", sa.Integer()),
           _must("at", _BIG), _must("event"), _must("detail", default=""))  # fmt: skip
    _plain("told", _key("channel"), _key("story"), _must("snapshot"), _must("at", _BIG))
    _table("audit", _id(), _must("at", _BIG), _must("tenant"), _must("channel"), _must("actor"),
           _must("act"), _must("object"), _must("outcome"))  # fmt: skip
    _table("notice", _id(), _must("at", _BIG), _must("tenant"), _must("channel"),
           sa.Column("schedule_id", _BIG), sa.Column("occurrence_id", _BIG), _must("text"),
           sa.Column("shown_at", _BIG))  # fmt: skip
    _plain("binding", _key("channel"), _must("story"))
    _plain("bucket", _key("key"), _must("not_before", _BIG, "0"), _must("tokens", sa.Float(), "0"),
           _must("updated_at", _BIG, "0"))  # fmt: skip
    _plain("meta", _key("key"), _must("value"))
    _index("attempt_occurrence", "attempt", ["occurrence_id"])
    _index("audit_channel", "audit", ["channel", "at"])
    _index("notice_new", "notice", ["tenant"], "shown_at IS NULL")


def _schedule() -> None:
    places = [_must(name) for name in ("platform", "tenant", "channel")]
    wishes = [_must(name) for name in ("stories", "cadence", "zone", "content", "quiet")]
    _table("schedule", _id(), *places, *wishes, _must("grace", _BIG), _must("state"),
           _must("reason", default=""), _must("revision", sa.Integer(), "0"),
           _must("created_at", _BIG), sa.Column("last_at", _BIG),
           sa.Column("next_at", _BIG))  # fmt: skip
    _index("schedule_due", "schedule", ["next_at"], "next_at IS NOT NULL")
    _index("schedule_channel", "schedule", ["channel"])


def _occurrence() -> None:
    places = [_must(name) for name in ("platform", "tenant", "channel")]
    instants = [sa.Column(name, _BIG) for name in ("visible_at", "first_try_at", "done_at")]
    _table("occurrence", _id(), _must("schedule_id", _BIG), _must("at", _BIG), *places,
           _must("key", sa.String(32)), _must("state"), _must("recorded_at", _BIG),
           _must("deadline_at", _BIG), _must("token", sa.Integer(), "0"),
           _must("attempts", sa.Integer(), "0"), *instants, sa.Column("remote_id", _TEXT),
           _must("reason", default=""), sa.Column("reply", _TEXT), sa.Column("snapshots", _TEXT),
           sa.UniqueConstraint("schedule_id", "at", name="occurrence_once"),
           sa.UniqueConstraint("key", name="occurrence_key"))  # fmt: skip
    _index("occurrence_ready", "occurrence", ["visible_at", "id"], "visible_at IS NOT NULL")
    _index("occurrence_open", "occurrence", ["channel", "at", "id"], "visible_at IS NOT NULL")
    _index("occurrence_deadline", "occurrence", ["deadline_at"], "visible_at IS NOT NULL")
    _index("occurrence_done", "occurrence", ["done_at"], "done_at IS NOT NULL")
    _index("occurrence_channel", "occurrence", ["channel", "at"])


def _id() -> sa.Column[Any]:
    return sa.Column("id", _BIG.with_variant(sa.Integer(), "sqlite"), primary_key=True)


def _key(name: str) -> sa.Column[Any]:
    return sa.Column(name, _TEXT, primary_key=True)


def _must(name: str, kind: Any = _TEXT, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, server_default=default)


def _table(name: str, *columns: Any) -> None:
    op.create_table(name, *columns, sqlite_autoincrement=True)


def _plain(name: str, *columns: Any) -> None:
    op.create_table(name, *columns)


def _index(name: str, table: str, columns: list[str], where: str | None = None) -> None:
    only = None if where is None else sa.text(where)
    op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)

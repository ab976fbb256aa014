"""The tables, as the newest migration leaves them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
)

metadata = MetaData()
#: SQLite counts rows in a column of exactly this type.
_ID = BigInteger().with_variant(Integer(), "sqlite")


def _table(name: str, *columns: Any) -> Table:
    # An id is never used again, or a new schedule could meet the occurrences of a deleted one.
    return Table(name, metadata, *columns, sqlite_autoincrement=True)


def _required(name: str, kind: Any = Text, default: str | None = None) -> Column[Any]:
    return Column(name, kind, nullable=False, server_default=default)


schedule = _table(
    "schedule",
    Column("id", _ID, primary_key=True),
    _required("platform"),
    _required("tenant"),  # slack:T1
    _required("channel"),  # slack:T1/C1
    _required("stories"),  # slugs as JSON
    _required("cadence"),
    _required("zone"),
    _required("content"),
    _required("quiet"),
    _required("grace", BigInteger),
    _required("state"),
    _required("reason", default=""),
    _required("revision", Integer, "0"),
    _required("created_at", BigInteger),
    Column("last_at", BigInteger),
    Column("next_at", BigInteger),  # only while active
    _required("publish", Boolean, "0"),
)
occurrence = _table(
    "occurrence",
    Column("id", _ID, primary_key=True),
    _required("schedule_id", BigInteger),
    _required("at", BigInteger),
    _required("platform"),
    _required("tenant"),
    _required("channel"),
    _required("key", String(32)),
    _required("state"),
    _required("recorded_at", BigInteger),
    _required("deadline_at", BigInteger),
    _required("token", Integer, "0"),
    _required("attempts", Integer, "0"),
    Column("visible_at", BigInteger),  # when to claim next; null once it is over
    Column("first_try_at", BigInteger),
    Column("done_at", BigInteger),
    Column("remote_id", Text),
    _required("reason", default=""),
    Column("reply", Text),
    Column("snapshots", Text),
    Column("composed_at", BigInteger),  # null while it waits for its turn
    UniqueConstraint("schedule_id", "at", name="occurrence_once"),
    UniqueConstraint("key", name="occurrence_key"),
)
attempt = _table(
    "attempt",
    Column("id", _ID, primary_key=True),
    _required("occurrence_id", BigInteger),
    _required("token", Integer),
    _required("at", BigInteger),
    _required("event"),
    _required("detail", default=""),
)
told = Table(
    "told",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("story", Text, primary_key=True),
    _required("snapshot"),
    _required("at", BigInteger),
)
audit = _table(
    "audit",
    Column("id", _ID, primary_key=True),
    _required("at", BigInteger),
    _required("tenant"),
    _required("channel"),
    _required("actor"),
    _required("act"),
    _required("object"),
    _required("outcome"),
)
notice = _table(
    "notice",
    Column("id", _ID, primary_key=True),
    _required("at", BigInteger),
    _required("tenant"),
    _required("channel"),
    Column("schedule_id", BigInteger),
    Column("occurrence_id", BigInteger),
    _required("text"),
    Column("shown_at", BigInteger),
)
binding = Table(
    "binding",
    metadata,
    Column("channel", Text, primary_key=True),
    _required("story"),
)
bucket = Table(
    "bucket",
    metadata,
    Column("key", Text, primary_key=True),  # a channel, a tenant or a platform
    _required("not_before", BigInteger, "0"),
    _required("tokens", Float, "0"),
    _required("updated_at", BigInteger, "0"),
)
installation = Table(
    "installation",
    metadata,
    Column("tenant", Text, primary_key=True),  # slack:T1
    Column("sealed", Text),  # null where only the parent has an installation
    Column("parent", Text),
    _required("saved_at", BigInteger),
    _required("claimed_until", BigInteger, "0"),
)
issued = Table(
    "issued",
    metadata,
    Column("digest", String(64), primary_key=True),  # the word itself is not kept
    _required("expires_at", BigInteger),
)
gap = _table(
    "gap",
    Column("id", _ID, primary_key=True),
    _required("tenant"),
    _required("story"),  # a slug; empty where none was named
    _required("wording", String(32)),  # the same for texts that differ in case or punctuation only
    _required("text"),
    _required("count", Integer),
    _required("first_at", BigInteger),
    _required("last_at", BigInteger),
)
helpful = Table(
    "helpful",
    metadata,
    Column("story", Text, primary_key=True),
    Column("entry", Text, primary_key=True),  # faq/why-now
    _required("yes", Integer),
    _required("no", Integer),
    _required("last_at", BigInteger),
)
meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    _required("value"),
)


def _index(name: str, *columns: Any, where: Any = None) -> None:
    Index(name, *columns, sqlite_where=where, postgresql_where=where)


_c = occurrence.c
_open = _c.visible_at.is_not(None)
_index("schedule_due", schedule.c.next_at, where=schedule.c.next_at.is_not(None))
_index("schedule_channel", schedule.c.channel)
_composed = and_(_open, _c.composed_at.is_not(None))
_waiting = and_(_open, _c.composed_at.is_(None))
# Backlog, leases and backoff are one index; with the id, as thousands are due at one instant.
_index("occurrence_ready", _c.visible_at, _c.id, where=_composed)
_index("occurrence_waiting", _c.at, _c.id, where=_waiting)
_index("occurrence_open", _c.channel, _c.at, _c.id, where=_open)
_index("occurrence_deadline", _c.deadline_at, where=_open)
_index("occurrence_done", _c.done_at, where=_c.done_at.is_not(None))
_index("occurrence_channel", _c.channel, _c.at)
_index("attempt_occurrence", attempt.c.occurrence_id)
_index("audit_channel", audit.c.channel, audit.c.at)
_index("gap_story", gap.c.tenant, gap.c.story)
_index("installation_parent", installation.c.parent, where=installation.c.parent.is_not(None))
_index("notice_new", notice.c.tenant, where=notice.c.shown_at.is_(None))

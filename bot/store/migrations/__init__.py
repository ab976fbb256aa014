"""Migrations: bring the tables of a database from any released form to the newest one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from bot.errors import ConfigurationError

#: The newest revision; every database is brought to it when it is opened.
HEAD: Final = "0005"
#: Any number will do, as long as every version of the bot uses the same.
_ADVISORY_LOCK: Final = 4_217_096_331


def upgrade(connection: Connection, revision: str = HEAD) -> None:
    """Bring the tables to `revision` inside the connection's transaction, one process at a time.

    Raises:
        ConfigurationError: the database was written by a newer version of the bot.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
    current = _current(connection)
    if current == revision:
        return
    # Alembic is slow to import, and seldom needed.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise ConfigurationError(
            f"the database is at revision {current}, which a newer version of the bot wrote; "
            "install that version, or restore the copy made before it"
        )
    command.upgrade(config, revision)


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)

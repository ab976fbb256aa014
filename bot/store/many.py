"""One statement for many rows, each with values of its own.

SQLite executes it for each row. PostgreSQL gets all rows at once, as JSON in one parameter: for
each row by itself, binding and executing would take longer than what is done with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Table,
    any_,
    bindparam,
    column,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

#: Makes a statement with these columns of a row, by name.
Make = Callable[[Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class ForMany:
    """A statement on each kind of database."""

    sqlite: Any
    postgres: Any

    async def execute(self, connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute it for these rows, in their order."""
        if not rows:
            return
        if connection.dialect.name == "sqlite":
            named = [{f"new_{name}": value for name, value in row.items()} for row in rows]
            await connection.execute(self.sqlite, named)
        else:
            await connection.execute(self.postgres, {"rows": rows})


def among(connection: AsyncConnection, column: ColumnElement[Any], values: Iterable[Any]) -> Any:
    """Whether a column has one of these values.

    To PostgreSQL they go in one parameter, so that it plans once for any number of them.
    """
    if connection.dialect.name == "sqlite":
        return column.in_(list(values))
    return column == any_(bindparam(None, list(values), ARRAY(column.type), unique=True))


def update_many(table: Table, names: Sequence[str], make: Make) -> ForMany:
    """An update by rows of these columns of the table; `make` says which row changes how."""
    return ForMany(make(_bound(table, names)), make(_all(table, names)))


def insert_many(
    table: Table, names: Sequence[str], conflict: Callable[[Any], Any] | None = None
) -> ForMany:
    """An insert of rows of these columns; `conflict` adds what to do where one is there already."""

    def make(insert: Any, new: Mapping[str, Any]) -> Any:
        # Without a condition, SQLite would take the word ON for the beginning of a join.
        made = insert.from_select(list(names), select(*new.values()).where(true()))
        return conflict(made) if conflict else made

    return ForMany(
        make(sqlite.insert(table), _bound(table, names)),
        make(postgresql.insert(table), _all(table, names)),
    )


def _bound(table: Table, names: Sequence[str]) -> Mapping[str, Any]:
    return {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}


def _all(table: Table, names: Sequence[str]) -> Mapping[str, Any]:
    row: Any = literal_column(f"NULL::{table.name}")
    columns = [column(name, table.c[name].type) for name in names]
    found = func.json_populate_recordset(row, bindparam("rows", type_=JSON))
    new = found.table_valued(*columns).alias("new")
    return {name: new.c[name] for name in names}

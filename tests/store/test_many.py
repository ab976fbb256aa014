from __future__ import annotations

import pytest
from sqlalchemy import select, update

from bot.store import Store
from bot.store.many import among, insert_many, update_many
from bot.store.tables import bucket, told

ODD = ["", "it's", 'a "b" \\n', "{1,2}", "NULL", "žluťoučký 🐎\n", "%s :new ?"]
ADD = insert_many(told, ("channel", "story", "snapshot", "at"))
CHANGE = update_many(
    told,
    ("channel", "snapshot"),
    lambda new: (
        update(told).where(told.c.channel == new["channel"]).values(snapshot=new["snapshot"])
    ),
)


async def test_every_value_arrives_as_it_is(store: Store) -> None:
    rows = [
        {"channel": text, "story": "s", "snapshot": text, "at": 2**53 + number}
        for number, text in enumerate(ODD)
    ]
    async with store._writing() as connection:
        await ADD.execute(connection, rows)
        await CHANGE.execute(connection, [{"channel": t, "snapshot": f"{t}!"} for t in ODD])
        found = await connection.execute(select(told).order_by(told.c.at))
        assert list(map(dict, found.mappings())) == [
            {**row, "snapshot": f"{row['channel']}!"} for row in rows
        ]


async def test_fractions_arrive_whole_and_what_is_not_given_has_its_default(store: Store) -> None:
    adding = insert_many(bucket, ("key", "tokens"))
    async with store._writing() as connection:
        await adding.execute(connection, [{"key": "a", "tokens": 0.1 + 0.2}])
        found = (await connection.execute(select(bucket))).one()
    assert tuple(found) == ("a", 0, 0.1 + 0.2, 0)


async def test_no_rows_are_nothing_to_do(store: Store) -> None:
    async with store._writing() as connection:
        await ADD.execute(connection, [])
        assert (await connection.execute(select(told))).all() == []


@pytest.mark.parametrize("wanted", [[], ["it's"], ODD])
async def test_rows_are_found_by_any_number_of_values(store: Store, wanted: list[str]) -> None:
    async with store._writing() as connection:
        rows = [{"channel": t, "story": "s", "snapshot": "", "at": 1} for t in [*ODD, "other"]]
        await ADD.execute(connection, rows)
        mine = select(told.c.channel).where(among(connection, told.c.channel, wanted))
        assert set((await connection.execute(mine)).scalars()) == set(wanted)

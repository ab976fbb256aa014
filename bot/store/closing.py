"""Closing what was claimed: what became of each occurrence, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam, exists, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.occurrence import TRANSITIONS, Event, OccurrenceState
from bot.domain.schedule import ScheduleState
from bot.store.claims import Claims
from bot.store.database import finished
from bot.store.epoch import span_ms
from bot.store.ledger import Ledger
from bot.store.schedules import withdraw
from bot.store.tables import attempt, notice, occurrence, schedule

#: What is needed of an occurrence to close it; its message is not.
_COLUMNS: Final = [column for column in occurrence.c if column.name != "reply"]

_NO_TIME: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one claim.

    `wait` is how long the occurrence stays invisible if it is not over; `hold` how long nothing
    else goes to its channel, and to its whole workspace if `together`. `suspend` stops the active
    schedules of the channel. `notice` is told to the moderators once; that of a refusal,
    which ends with `detail`, not while another that says the same is unread in the workspace.
    """

    id: int
    token: int
    event: Event
    detail: str = ""
    wait: timedelta = _NO_TIME
    hold: timedelta = _NO_TIME
    together: bool = False
    remote_id: str | None = None
    suspend: bool = False
    notice: str = ""


class Closing(Claims, Ledger):
    """Closing claims, a group in one transaction."""

    async def finish(self, verdicts: Sequence[Verdict], now: datetime) -> int:
        """Write down what became of claims; how many still counted.

        A claim that was lost to another process changes nothing, except that proof of a message
        always counts. The ledger moves with what is sent, in the same transaction.
        """
        return await finished(self._finish(verdicts, now))

    async def _finish(self, verdicts: Sequence[Verdict], now: datetime) -> int:
        async with self._writing() as connection:
            present = await self._present(connection, now)
            rows = await _locked(connection, [verdict.id for verdict in verdicts])
            pairs = [(each, rows[each.id]) for each in verdicts if each.id in rows]
            counted = [(each, row) for each, row in pairs if _counts(each, row)]
            if pairs:
                tries = [_attempt(each, row, present) for each, row in pairs]
                await connection.execute(insert(attempt), tries)
            if not counted:
                return 0
            await connection.execute(_CLOSE, [_closed(each, row, present) for each, row in counted])
            sent = [row for each, row in counted if _after(each, row) is OccurrenceState.SENT]
            await self.move_ledger(connection, sent)
            await self._hold_up(connection, counted, present)
            back = [row for each, row in counted if _after(each, row) is OccurrenceState.PENDING]
            await _withdraw_stopped(connection, back, present)
            for each, row in counted:
                if each.suspend or each.notice:
                    await _tell(connection, each, row, present)
            return len(counted)

    async def _hold_up(
        self,
        connection: AsyncConnection,
        counted: Sequence[tuple[Verdict, RowMapping]],
        present: int,
    ) -> None:
        # Only the last claimer has the channel. Workspaces go before channels, as in a claim.
        ours = [(each, row) for each, row in counted if each.token == row["token"]]
        until = [(row, present + span_ms(each.hold), each.together) for each, row in ours]
        await self.hold(connection, {row["tenant"]: at for row, at, together in until if together})
        await self.hold(connection, {row["channel"]: at for row, at, _ in until})


_CLOSE = (
    update(occurrence)
    .where(occurrence.c.id == bindparam("which"))
    .values(
        state=bindparam("as_state"),
        visible_at=bindparam("visible"),
        done_at=bindparam("done"),
        first_try_at=bindparam("first"),
        remote_id=bindparam("remote"),
        reason=bindparam("why"),
        snapshots=bindparam("kept"),
    )
)


async def _locked(connection: AsyncConnection, ids: Sequence[int]) -> Mapping[int, RowMapping]:
    statement = (
        select(*_COLUMNS)
        .where(occurrence.c.id.in_(ids))
        .order_by(occurrence.c.id)
        .with_for_update()
    )
    return {row["id"]: row for row in (await connection.execute(statement)).mappings()}


def _after(verdict: Verdict, row: RowMapping) -> OccurrenceState | None:
    return TRANSITIONS.get((OccurrenceState(row["state"]), verdict.event))


def _counts(verdict: Verdict, row: RowMapping) -> bool:
    ours = verdict.token == row["token"] and row["visible_at"] is not None
    return (ours or verdict.event is Event.CONFIRMED) and _after(verdict, row) is not None


def _attempt(verdict: Verdict, row: RowMapping, present: int) -> dict[str, Any]:
    late = "" if _counts(verdict, row) else "(too late) "
    return {
        "occurrence_id": verdict.id,
        "token": verdict.token,
        "at": present,
        "event": verdict.event.value,
        "detail": late + verdict.detail,
    }


def _closed(verdict: Verdict, row: RowMapping, present: int) -> dict[str, Any]:
    state = _after(verdict, row) or OccurrenceState(row["state"])
    sent = state is OccurrenceState.SENT
    pending = state is OccurrenceState.PENDING
    return {
        "which": verdict.id,
        "as_state": state.value,
        "visible": None if state.terminal else present + span_ms(verdict.wait),
        "done": present if state.terminal else None,
        # No request is in doubt any more, so the next one is the first.
        "first": None if pending else row["first_try_at"],
        "remote": verdict.remote_id or row["remote_id"],
        "why": "" if sent else verdict.detail or row["reason"],
        "kept": None if sent else row["snapshots"],
    }


async def _withdraw_stopped(
    connection: AsyncConnection, rows: Sequence[RowMapping], present: int
) -> None:
    """Skip what came back to be posted again while its schedule was paused or deleted."""
    if not rows:
        return
    wanted = {row["schedule_id"] for row in rows}
    statement = select(schedule.c.id).where(
        schedule.c.id.in_(sorted(wanted)), schedule.c.state == ScheduleState.ACTIVE.value
    )
    active = set((await connection.execute(statement)).scalars())
    if wanted - active:
        await withdraw(connection, sorted(wanted - active), "its schedule was stopped", present)


async def _tell(
    connection: AsyncConnection, verdict: Verdict, row: RowMapping, present: int
) -> None:
    """Stop the schedules of a dead channel, and leave word for its moderators, once."""
    text = verdict.notice or verdict.detail
    if verdict.suspend:
        stopped = await connection.execute(
            update(schedule)
            .where(
                schedule.c.channel == row["channel"],
                schedule.c.state == ScheduleState.ACTIVE.value,
            )
            .values(state=ScheduleState.SUSPENDED.value, reason=verdict.detail, next_at=None)
            .returning(schedule.c.id)
        )
        ids = sorted(stopped.scalars())
        # Where another of the channel was faster, they are told already; not of a doubt, though.
        if not ids and verdict.event is not Event.GIVEN_UP:
            return
        await withdraw(connection, ids, verdict.detail, present)
    elif await _said_already(connection, verdict, row["tenant"]):
        return
    await connection.execute(
        insert(notice).values(
            at=present,
            tenant=row["tenant"],
            channel=row["channel"],
            schedule_id=row["schedule_id"],
            occurrence_id=row["id"],
            text=text,
        )
    )


async def _said_already(connection: AsyncConnection, verdict: Verdict, tenant: str) -> bool:
    """Whether an unread notice refuses for the same reason: a revoked token must not fill them."""
    if verdict.event is not Event.REFUSED or not verdict.detail:
        return False
    same = notice.c.text.endswith(verdict.detail, autoescape=True)
    unread = exists().where(notice.c.tenant == tenant, notice.c.shown_at.is_(None), same)
    return bool((await connection.execute(select(unread))).scalar_one())

"""Closing what was claimed: what became of each occurrence, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import case, exists, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.occurrence import TRANSITIONS, Event, OccurrenceState
from bot.domain.schedule import ScheduleState
from bot.store.claims import Claims
from bot.store.database import finished
from bot.store.epoch import span_ms
from bot.store.ledger import Ledger
from bot.store.many import among, insert_many, update_many
from bot.store.schedules import stopped, withdraw
from bot.store.tables import attempt, notice, occurrence, schedule

#: What is needed of an occurrence to close it; its message is not.
_COLUMNS: Final = [each for each in occurrence.c if each.name not in {"reply", "snapshots"}]

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
        always counts, and then what else is said of that occurrence does not. The ledger moves with
        what is sent, in the same transaction.
        """
        return await finished(self._finish(verdicts, now))

    async def _finish(self, verdicts: Sequence[Verdict], now: datetime) -> int:
        async with self._writing() as connection:
            present = await self._present(connection, now)
            rows = await _locked(connection, [verdict.id for verdict in verdicts])
            pairs = [(each, rows[each.id]) for each in verdicts if each.id in rows]
            proved = {each.id for each in verdicts if each.event is Event.CONFIRMED}
            counted = [
                (each, row)
                for each, row in pairs
                if _counts(each, row) and (each.event is Event.CONFIRMED or each.id not in proved)
            ]
            await _TRY.execute(connection, [_attempt(each, row, present) for each, row in pairs])
            if not counted:
                return 0
            sent = [each.id for each, row in counted if _after(each, row) is OccurrenceState.SENT]
            await self.move_ledger(connection, sent)
            # By id, as the same proof may be there twice.
            closed = {each.id: _closed(each, row, present) for each, row in counted}
            await _CLOSE.execute(connection, list(closed.values()))
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
        tenants = {row["tenant"]: at for row, at, together in until if together}
        await self.hold(connection, tenants, present)
        await self.hold(connection, {row["channel"]: at for row, at, _ in until}, present)


_CHANGED: Final = ("state", "visible_at", "done_at", "first_try_at", "remote_id", "reason")


def _close(new: Mapping[str, Any]) -> Any:
    # What was sent is in the ledger.
    sent = new["state"] == OccurrenceState.SENT.value
    changed = {name: new[name] for name in _CHANGED}
    changed["snapshots"] = case((sent, None), else_=occurrence.c.snapshots)
    return update(occurrence).where(occurrence.c.id == new["id"]).values(changed)


_CLOSE: Final = update_many(occurrence, ("id", *_CHANGED), _close)
_TRY: Final = insert_many(attempt, ("occurrence_id", "token", "at", "event", "detail"))


async def _locked(connection: AsyncConnection, ids: Sequence[int]) -> Mapping[int, RowMapping]:
    statement = (
        select(*_COLUMNS)
        .where(among(connection, occurrence.c.id, ids))
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
        "id": verdict.id,
        "state": state.value,
        "visible_at": None if state.terminal else present + span_ms(verdict.wait),
        "done_at": present if state.terminal else None,
        # No request is in doubt any more, so the next one is the first.
        "first_try_at": None if pending else row["first_try_at"],
        "remote_id": verdict.remote_id or row["remote_id"],
        "reason": "" if sent else verdict.detail or row["reason"],
    }


async def _withdraw_stopped(
    connection: AsyncConnection, rows: Sequence[RowMapping], present: int
) -> None:
    """Skip what came back to be posted again and was under way when its schedule was stopped.

    What a moderator asks for of a schedule that was stopped before is posted all the same.
    """
    ids = [row["id"] for row in rows if stopped(row)]
    if not ids:
        return
    over = {"visible_at": None, "done_at": present, "reason": "its schedule was stopped"}
    await connection.execute(
        update(occurrence)
        .where(occurrence.c.id.in_(ids))
        .values(state=OccurrenceState.SKIPPED.value, **over)
    )


async def _tell(
    connection: AsyncConnection, verdict: Verdict, row: RowMapping, present: int
) -> None:
    """Stop the schedules of a dead channel, and leave word for its moderators, once."""
    if verdict.suspend:
        ids = await _suspend(connection, row["channel"], verdict.detail)
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
            text=verdict.notice or verdict.detail,
        )
    )


async def _suspend(connection: AsyncConnection, channel: str, why: str) -> list[int]:
    """Suspend the active schedules of a channel; which these were."""
    stopping = await connection.execute(
        update(schedule)
        .where(schedule.c.channel == channel, schedule.c.state == ScheduleState.ACTIVE.value)
        .values(state=ScheduleState.SUSPENDED.value, reason=why, next_at=None)
        .returning(schedule.c.id)
    )
    return sorted(stopping.scalars())


async def _said_already(connection: AsyncConnection, verdict: Verdict, tenant: str) -> bool:
    """Whether an unread notice refuses for the same reason: a revoked token must not fill them."""
    if verdict.event is not Event.REFUSED or not verdict.detail:
        return False
    same = notice.c.text.endswith(verdict.detail, autoescape=True)
    unread = exists().where(notice.c.tenant == tenant, notice.c.shown_at.is_(None), same)
    return bool((await connection.execute(select(unread))).scalar_one())

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.reply import Action, Paragraph, Reply, line
from bot.domain.request import Channel, Request
from bot.errors import PlatformError, PostError, PostOutcome, UnsupportedError
from tests.loopback import slack_payloads as payloads
from tests.loopback.slack import Ack, Fault, Message, SlackServer
from tests.platforms.slack.conftest import QUICK, House, listening, make_platform
from tests.stories import NOW

CHANNEL = Channel("slack", "T1", "C1")


async def shown(slack: SlackServer, count: int, user: str = "U1") -> Message:
    await slack.until(lambda: len(slack.seen_by(user)) >= count)
    return slack.seen_by(user)[-1]


def message_of(ack: Ack) -> Message:
    assert ack.message is not None
    return ack.message


async def ask_until_known(slack: SlackServer, house: House) -> Request:
    """Ask until the bot has heard who is asking."""
    async with asyncio.timeout(5):
        await slack.slash("faq")
        while house.asked[-1].zone is None:
            await slack.slash("faq")
    return house.asked[-1]


async def test_a_slash_command_is_answered_in_its_ack(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        ack = await slack.slash("faq")
        assert message_of(ack).text.startswith("Questions")
        assert message_of(ack).only_for == "U1"
        assert slack.called("response_url") == []


async def test_a_request_says_who_asks_and_where(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.workspace.add_user("U1", real_name="Ada", is_admin=True, locale="pt-PT")
        await slack.slash("faq", channel="C2")
        (first,) = house.asked
        assert (first.channel, first.user) == (Channel("slack", "T1", "C2"), "U1")
        assert (first.moderator, first.zone, first.user_name) == (False, None, "u1")
        known = await ask_until_known(slack, house)
        assert (known.moderator, known.zone) == (True, "Europe/Lisbon")
        assert (known.user_name, known.locale) == ("Ada", "pt-PT")
        assert len(slack.called("users.info")) == 1


async def test_a_guest_with_an_admins_flag_moderates_nothing(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.workspace.add_user("U1", is_admin=True, is_restricted=True)
        known = await ask_until_known(slack, house)
        assert (known.moderator, known.zone) == (False, "Europe/Lisbon")


async def test_who_asks_is_looked_up_again_after_a_while(house: House) -> None:
    timing = replace(QUICK, remember=0.05, pause=0.05)
    async with SlackServer() as slack, listening(slack, house, timing):
        slack.fail("users.info", Fault(error="internal_error"))
        slack.workspace.add_user("U1")
        async with asyncio.timeout(5):
            while len(slack.called("users.info")) < 3:
                await slack.slash("faq")


async def test_not_knowing_who_asks_does_no_harm(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.keep_failing("users.info", Fault(status=503))
        for _ in range(3):
            assert message_of(await slack.slash("faq")).text
        assert len(slack.called("users.info")) == 1


async def test_a_button_edits_the_message_in_place(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        message = message_of(await slack.slash("faq"))
        assert (await slack.click(message, "Background")).error is None
        await slack.until(lambda: message.edits == 1)
        assert message.text.startswith("You said: background")
        assert slack.seen_by("U1") == [message]


async def test_an_option_of_a_menu_edits_the_message_in_place(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        message = message_of(await slack.slash("faq"))
        await slack.click(message, "Why now?")
        await slack.until(lambda: message.edits == 1)
        assert message.text.startswith("You said: faq why-now")


async def test_a_shared_answer_is_public_and_names_who_shared_it(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.workspace.add_user("U1", real_name="Ada Lovelace")
        await ask_until_known(slack, house)
        message = message_of(await slack.slash("faq"))
        await slack.click(message, "Share here")
        public = await shown(slack, 1, user="U2")
        assert public.only_for is None
        assert public.text.endswith("Shared by Ada Lovelace.")
        assert (message.edits, message.deleted) == (0, False)


async def test_a_click_that_fails_leaves_the_message_as_it_was(house: House) -> None:
    house.known["background"] = RuntimeError("boom")
    async with SlackServer() as slack, listening(slack, house):
        message = message_of(await slack.slash("faq"))
        await slack.click(message, "Background")
        assert "went wrong" in (await shown(slack, 2)).text
        assert message.edits == 0


async def test_a_button_of_a_public_message_answers_its_clicker_alone(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        await slack.click(message_of(await slack.slash("faq")), "Share here")
        public = await shown(slack, 1, user="U2")
        await slack.click(public, "Background", user="U2")
        answer = await shown(slack, 2, user="U2")
        assert (answer.only_for, public.edits) == ("U2", 0)


async def test_a_mention_in_a_thread_is_answered_there_for_its_author_alone(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        ack = await slack.mention("faq & more", thread="1.1")
        answer = await shown(slack, 1)
        assert (ack.error, answer.only_for, answer.thread) == (None, "U1", "1.1")
        assert house.asked[0].words == "faq & more"


async def test_a_button_in_a_thread_is_answered_in_the_thread(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        await slack.mention("share faq", thread="1.1")
        public = await shown(slack, 1, user="U2")
        assert (public.only_for, public.thread) == (None, "1.1")
        await slack.click(public, "Background", user="U2")
        answer = await shown(slack, 2, user="U2")
        assert (answer.only_for, answer.thread) == ("U2", "1.1")


async def test_a_mention_outside_a_thread_is_answered_in_the_channel(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        await slack.mention("faq")
        assert (await shown(slack, 1)).thread is None


async def test_the_bot_does_not_answer_bots_or_itself(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        event = payloads.app_mention(f"<@{payloads.BOT_USER}> faq", "U9", "C1")
        event["event"]["bot_id"] = "B9"
        assert (await slack.deliver("events_api", event)).error is None
        assert (await slack.mention("faq", user=payloads.BOT_USER)).error is None
        assert house.asked == []


async def test_a_repeated_envelope_is_answered_once(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slash = await slack.slash("faq")
        click = await slack.click(message_of(slash), "Background")
        mention = await slack.mention("faq")
        await slack.until(lambda: len(slack.seen_by("U1")) == 2 and message_of(slash).edits)
        repeated = [await slack.again(ack) for ack in (slash, click, mention)]
        assert [(ack.error, ack.payload) for ack in repeated] == [(None, None)] * 3
        assert len(house.asked) == 3


async def test_words_arrive_as_they_were_typed(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        await slack.slash_raw(" faq &lt;b&gt; &amp;amp; <#C1|general> <@U2> <https://a.example|a> ")
        assert house.asked[0].words == "faq <b> &amp; #general @U2 a"


@pytest.mark.parametrize("text", ["<!channel>", "@here <@U2> &lt;!everyone&gt;"])
async def test_a_story_named_like_a_mention_pings_nobody(house: House, text: str) -> None:
    house.known["faq"] = Reply(text, (Paragraph(line(text)),), (Action(text, f"share {text}"),))
    async with SlackServer() as slack, listening(slack, house):
        message = message_of(await slack.slash("faq"))
        await slack.click(message, text)
        await shown(slack, 1, user="U2")


async def test_a_slow_answer_comes_by_the_response_url(house: House) -> None:
    house.delay = 0.3
    async with SlackServer() as slack, listening(slack, house, replace(QUICK, ack=0.05)):
        ack = await slack.slash("faq")
        assert (ack.error, ack.payload) == (None, None)
        answer = await shown(slack, 1)
        assert answer.text.startswith("Questions")
        assert slack.called("response_url")[0]["replace_original"] is False


async def test_a_failing_answer_says_so_with_a_reference_to_the_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.known["faq"] = RuntimeError("boom")
    async with SlackServer() as slack, listening(slack, house):
        message = message_of(await slack.slash("faq"))
        reference = message.text.split("under ")[1].rstrip(".")
        assert reference in caplog.text
        assert "boom" in caplog.text
        assert "boom" not in message.everything()


@pytest.mark.parametrize(
    "action",
    [
        {"type": "button", "action_id": "b0:1", "value": "faq"},
        {"type": "button", "action_id": "b1:1"},
        {"type": "button", "action_id": "open", "value": "<!channel>"},
        {"type": "static_select", "action_id": "b1:1", "selected_option": None},
        {"type": "datepicker", "action_id": "day", "selected_date": "2026-01-01"},
        {"type": "button"},
    ],
)
async def test_an_old_or_made_up_control_gets_a_kind_sentence(
    house: House, action: dict[str, object]
) -> None:
    async with SlackServer() as slack, listening(slack, house):
        message = message_of(await slack.slash("faq"))
        assert (await slack.act(message, action)).error is None
        if "action_id" in action:
            sentence = await shown(slack, 2)
            assert "older version" in sentence.text
        assert message.edits == 0


async def test_everything_else_is_acked_and_told_to_start_anew(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        view = payloads.view_submission("old_form", "U1", {})
        updated = await slack.deliver("interactive", view, accepts_payload=True)
        assert updated.payload is not None
        assert updated.payload["response_action"] == "update"
        assert "older version" in json.dumps(updated.payload)
        shortcut = await slack.deliver("interactive", payloads.shortcut("old", "U1"))
        assert shortcut.error is None
        await slack.until(lambda: slack.called("views.open"))
        suggestion = payloads.block_suggestion("old", "wa", "U1")
        options = await slack.deliver("interactive", suggestion, accepts_payload=True)
        assert options.payload == {"options": []}
        other = payloads.slash_command("x", "U1", "C1", "") | {"command": "/other"}
        answered = await slack.deliver("slash_commands", other, accepts_payload=True)
        assert "/brief" in json.dumps(answered.payload)
        event = payloads.event_callback({"type": "channel_archive", "channel": "C1"})
        assert (await slack.deliver("events_api", event)).error is None
        broken = {"command": "/brief", "text": "faq"}
        told = await slack.deliver("slash_commands", broken, accepts_payload=True)
        assert "went wrong" in json.dumps(told.payload)


async def test_a_hundred_commands_at_once_are_all_acked_in_time(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        acks = await asyncio.gather(*(slack.slash(f"words {n}") for n in range(100)))
        assert [message_of(ack).text for ack in acks] == [
            f"You said: words {n}\n\nSo." for n in range(100)
        ]


async def test_a_dropped_socket_is_opened_again(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house):
        slack.sockets.cut()
        await slack.until(lambda: slack.sockets.opened >= 4)
        assert message_of(await slack.slash("faq")).text


async def test_a_socket_dropped_before_its_ack_takes_nobody_down(house: House) -> None:
    house.delay = 0.2
    async with SlackServer() as slack, listening(slack, house):
        slack.sockets.ack_limit = 0.5
        lost = await slack.slash("faq", drop="before")
        assert lost.error == "operation_timeout"
        slack.sockets.ack_limit = 3.0
        await slack.until(lambda: slack.sockets.opened >= 3)
        assert message_of(await slack.slash("faq")).text


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_socket_about_to_close_is_replaced_without_a_gap(house: House, reason: str) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        await slack.sockets.warn(reason)
        for _ in range(5):
            assert message_of(await slack.slash("faq")).text
        await slack.until(lambda: slack.sockets.opened == 3 and len(slack.sockets.links) == 2)
        assert running.reports == [True]


@pytest.mark.parametrize(
    ("bot_token", "app_token", "named"),
    [("xoxb-wrong", None, "SLACK_BOT_TOKEN"), (None, "xapp-wrong", "SLACK_APP_TOKEN")],
)
async def test_a_bad_token_is_permanent(
    house: House, bot_token: str | None, app_token: str | None, named: str
) -> None:
    async with SlackServer() as slack:
        platform = make_platform(slack, bot_token=bot_token, app_token=app_token)
        with pytest.raises(PlatformError, match=f"{named} .invalid_auth.") as refused:
            await platform.listen(house.answer, house.complete, lambda _: None)
        assert refused.value.permanent
        assert "wrong" not in str(refused.value)


async def test_a_token_of_the_wrong_kind_is_permanent(house: House) -> None:
    async with SlackServer() as slack:
        platform = make_platform(slack, bot_token="xapp-wrong")
        with pytest.raises(PlatformError, match="does not begin with xoxb-") as refused:
            await platform.listen(house.answer, house.complete, lambda _: None)
        assert refused.value.permanent
        assert slack.calls == []


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("auth.test", Fault(status=503)),
        ("auth.test", Fault(drop="before")),
        ("auth.test", Fault(delay=3)),
        ("apps.connections.open", Fault(error="internal_error")),
        ("apps.connections.open", Fault(status=500)),
    ],
)
async def test_an_outage_at_the_start_is_not_permanent(
    house: House, method: str, fault: Fault
) -> None:
    async with SlackServer() as slack:
        slack.fail(method, fault)
        with pytest.raises(PlatformError, match="cannot be reached") as failed:
            await make_platform(slack).listen(house.answer, house.complete, lambda _: None)
        assert not failed.value.permanent


async def test_an_unreachable_slack_is_not_permanent(house: House) -> None:
    async with SlackServer() as slack:
        platform = make_platform(slack)
    with pytest.raises(PlatformError, match="cannot be reached") as failed:
        await platform.listen(house.answer, house.complete, lambda _: None)
    assert not failed.value.permanent


async def test_a_lost_connection_is_reported_and_at_last_given_up(house: House) -> None:
    timing = replace(QUICK, patience=0.6)
    async with SlackServer() as slack, listening(slack, house, timing) as running:
        slack.keep_failing("link", Fault(status=503))
        slack.sockets.cut()
        with pytest.raises(PlatformError, match="has been lost") as lost:
            await running.listening
        assert not lost.value.permanent
        assert running.reports[:2] == [True, False]


async def test_sockets_that_do_not_open_are_given_up(house: House) -> None:
    async with SlackServer() as slack:
        slack.keep_failing("link", Fault(status=503))
        platform = make_platform(slack, timing=replace(QUICK, connect=0.5))
        with pytest.raises(PlatformError, match="opened no socket") as failed:
            await platform.listen(house.answer, house.complete, lambda _: None)
        assert not failed.value.permanent


async def test_listening_stops_cleanly_when_cancelled(house: House) -> None:
    async with SlackServer() as slack:
        async with listening(slack, house) as running:
            pass
        assert running.listening.cancelled()
        assert running.reports == [True, False]
        await slack.until(lambda: not slack.sockets.links)


async def test_what_is_under_way_is_finished_before_listening_stops(house: House) -> None:
    async with SlackServer() as slack:
        async with listening(slack, house):
            message = message_of(await slack.slash("faq"))
            house.delay = 0.2
            await slack.click(message, "Background")
        assert message.edits == 1


async def test_no_secret_is_logged(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    house.known["boom"] = RuntimeError("boom")
    async with SlackServer() as slack, listening(slack, house) as running:
        message = message_of(await slack.slash("faq private words"))
        slack.fail("response_url", Fault(status=500), Fault(status=404), Fault(drop="before"))
        for _ in range(4):
            await slack.click(message_of(await slack.slash("faq")), "Background")
        await slack.slash("boom")
        slack.fail("chat.postMessage", Fault(error="not_in_channel"))
        with pytest.raises(PostError):
            await running.platform.post(CHANNEL, Reply("Hi"), key="k")
        await slack.until(lambda: len(slack.called("response_url")) == 4)
        assert message.only_for == "U1"
    ours = [record for record in caplog.records if not record.name.startswith("asyncio")]
    logged = "\n".join(logging.Formatter().format(record) for record in ours)
    assert "boom" in logged
    for secret in (slack.bot_token, slack.app_token, "ticket", "/commands/", "private words"):
        assert secret not in logged


async def test_the_environment_of_the_sdk_changes_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("BOT_TOKEN", "APP_TOKEN", "CLIENT_ID", "CLIENT_SECRET", "SIGNING_SECRET"):
        monkeypatch.setenv(f"SLACK_{name}", "other")
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with SlackServer() as slack, listening(slack, house):
        message = message_of(await slack.slash("faq"))
        await slack.click(message, "Background")
        await slack.until(lambda: message.edits == 1)
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240


async def test_a_post_is_one_message_with_its_key(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        posted = await running.platform.post(CHANNEL, Reply("Digest", private=False), key="k1")
        (message,) = slack.seen_by("U2")
        assert (message.id, message.payload["text"]) == (posted, "Digest")
        assert message.payload["metadata"]["event_payload"] == {"key": "k1"}
        assert "response_type" not in message.payload


@pytest.mark.parametrize(
    ("fault", "outcome", "retry_after"),
    [
        (Fault(error="is_archived"), PostOutcome.REFUSED, None),
        (Fault(error="invalid_blocks"), PostOutcome.REFUSED, None),
        (Fault(error="token_revoked"), PostOutcome.REFUSED, None),
        (Fault(status=429, retry_after=30), PostOutcome.RETRY, timedelta(seconds=30)),
        (Fault(error="rate_limited"), PostOutcome.RETRY, timedelta(minutes=1)),
        (Fault(error="service_unavailable"), PostOutcome.RETRY, None),
        (Fault(error="internal_error"), PostOutcome.UNKNOWN, None),
        (Fault(status=502), PostOutcome.UNKNOWN, None),
        (Fault(garbled=True), PostOutcome.UNKNOWN, None),
        (Fault(drop="before"), PostOutcome.UNKNOWN, None),
        (Fault(drop="after"), PostOutcome.UNKNOWN, None),
        (Fault(delay=2.5), PostOutcome.UNKNOWN, None),
    ],
)
async def test_a_post_that_is_not_confirmed_says_what_is_known(
    house: House, fault: Fault, outcome: PostOutcome, retry_after: timedelta | None
) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        slack.fail("chat.postMessage", fault)
        with pytest.raises(PostError) as failed:
            await running.platform.post(CHANNEL, Reply("Digest"), key="k")
        assert (failed.value.outcome, failed.value.retry_after) == (outcome, retry_after)
        assert len(slack.called("chat.postMessage")) == 1


async def test_a_post_without_a_connection_may_be_tried_again(house: House) -> None:
    async with SlackServer() as slack:
        platform = make_platform(slack)
        with pytest.raises(PostError, match="not connected") as failed:
            await platform.post(CHANNEL, Reply("Digest"), key="k")
        assert failed.value.outcome is PostOutcome.RETRY
        problem = await platform.check(CHANNEL)
        assert problem is not None
        assert problem.what == "Slack is not connected"


async def test_another_workspaces_channel_is_refused(house: House) -> None:
    elsewhere = Channel("slack", "T2", "C1")
    async with SlackServer() as slack, listening(slack, house) as running:
        with pytest.raises(PostError, match="slack:T2/C1") as failed:
            await running.platform.post(elsewhere, Reply("Digest"), key="k")
        assert failed.value.outcome is PostOutcome.REFUSED
        assert await running.platform.check(elsewhere) is not None
        assert slack.called("chat.postMessage") == []


async def test_a_check_tells_a_revoked_token(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        assert await running.platform.check(CHANNEL) is None
        slack.fail("auth.test", Fault(error="token_revoked"))
        problem = await running.platform.check(CHANNEL)
        assert problem is not None
        assert "token_revoked" in problem.what


async def test_a_message_cannot_be_looked_for(house: House) -> None:
    async with SlackServer() as slack, listening(slack, house) as running:
        with pytest.raises(UnsupportedError):
            await running.platform.find(CHANNEL, "k", since=NOW)

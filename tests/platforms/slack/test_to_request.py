from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from bot.domain.request import Channel
from bot.platforms.slack.people import Person, to_person
from bot.platforms.slack.to_request import from_action, from_command, from_mention, to_typed
from tests.loopback import slack_payloads as payloads

ADA = Person("Ada", moderator=True, zone="Europe/Lisbon", locale="pt-PT")
CONTAINER = {"type": "message", "message_ts": "1.1", "channel_id": "C1", "is_ephemeral": True}


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        ("faq  why", "faq  why"),
        ("R&amp;D &lt;now&gt; &amp;lt;", "R&D <now> &lt;"),
        ("in <#C1|general>", "in #general"),
        ("in <#C1|>", "in #C1"),
        ("from <@U1|ada> to <@U2>", "from @ada to @U2"),
        ("<!here> <!subteam^S1|@team>", "@here @team"),
        ("<https://a.example/?x=1&amp;y=2>", "https://a.example/?x=1&y=2"),
        ("<https://a.example|a.example> <mailto:a@b.example|a@b.example>", "a.example a@b.example"),
        ("<", "<"),
    ],
)
def test_markup_becomes_what_was_typed(sent: str, typed: str) -> None:
    assert to_typed(sent) == typed


@given(st.text())
def test_any_text_arrives_as_it_was_typed(text: str) -> None:
    assert to_typed(payloads.escape(text)) == text.strip()


def test_a_command_is_a_request_of_its_workspace_and_channel() -> None:
    body = payloads.slash_command("faq", "U1", "C1", "https://hooks.slack.com/x")
    request = from_command(body, ADA)
    assert (request.words, request.channel) == ("faq", Channel("slack", "T1", "C1"))
    assert (request.user, request.user_name, request.moderator) == ("U1", "Ada", True)
    assert (request.zone, request.locale) == ("Europe/Lisbon", "pt-PT")


def test_who_is_not_known_has_the_name_that_slack_sends_along() -> None:
    body = payloads.slash_command("faq", "U1", "C1", "https://hooks.slack.com/x")
    request = from_command(body, Person())
    assert (request.user_name, request.moderator, request.zone) == ("u1", False, None)


def test_a_click_of_somebody_from_elsewhere_is_a_request_of_their_own_workspace() -> None:
    body = payloads.block_actions({}, "U1", CONTAINER, "https://hooks.slack.com/x")
    body["user"]["team_id"] = "T2"
    assert from_action(body, "faq", ADA).channel == Channel("slack", "T2", "C1")


def test_a_mention_loses_the_bots_name() -> None:
    body = payloads.app_mention("hey <@UBOT> faq <@U2>", "U1", "C1")
    assert from_mention(body, "UBOT", ADA).words == "hey   faq @U2"


def test_a_moderators_channel_keeps_its_id() -> None:
    sent = "digest add all in <#C1|general> for <@U1|ada> at 9 &amp; 10"
    assert to_typed(sent) == "digest add all in <#C1|general> for @ada at 9 & 10"
    assert to_typed("use <#C1|>") == "use <#C1|>"


def test_people_are_called_by_the_name_they_chose() -> None:
    user = {"name": "ada", "real_name": "Ada L", "profile": {"display_name": "Countess"}}
    assert to_person(user, moderator=True).name == "Countess"
    assert to_person(user | {"profile": {}}, moderator=None) == Person("Ada L", unsure=True)

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from bot.domain.reply import (
    Action,
    Paragraph,
    Reply,
    Span,
    Style,
    When,
    line,
)
from bot.domain.reply_json import reply_from_json, reply_to_json
from bot.errors import VersionError
from tests.strategies import replies, texts


def parts(reply: Reply) -> tuple[object, ...]:
    """All that makes up a reply; two replies are never equal themselves."""
    return reply.title, reply.blocks, reply.actions, reply.private, reply.form, reply.internal


@given(replies(texts(60), texts(60), most=2))
def test_any_reply_comes_back_as_it_was(reply: Reply) -> None:
    text = reply_to_json(reply)
    again = reply_from_json(text)
    assert parts(again) == parts(reply)
    assert reply_to_json(again) == text


def test_the_text_is_one_compact_line_of_ascii() -> None:
    spans = line("Plain “text”\n", Span("bold", Style.BOLD | Style.CODE, "https://a.example/"))
    reply = Reply("Title", (Paragraph(spans),), (Action("Open", "story s"),), private=False)
    assert reply_to_json(reply) == (
        r'{"v":1,"title":"Title","blocks":[["paragraph",["Plain \u201ctext\u201d\n",'
        r'["bold",5,"https://a.example/"]]]],"actions":[["Open","story s",false]],"private":false}'
    )


def test_an_instant_is_the_same_text_in_every_zone() -> None:
    at = datetime(2026, 11, 22, 9, 0, 30, 125, tzinfo=ZoneInfo("Asia/Tokyo"))
    there, here = (
        reply_to_json(Reply("", (Paragraph((When(one, "then", relative=True),)),)))
        for one in (at, at.astimezone(ZoneInfo("Europe/Lisbon")))
    )
    assert there == here
    assert reply_from_json(there).blocks == (Paragraph((When(at, "then", relative=True),)),)


def test_text_that_is_no_valid_unicode_survives() -> None:
    assert reply_from_json(reply_to_json(Reply("\ud800\x00"))).title == "\ud800\x00"


def test_a_message_of_another_version_is_refused() -> None:
    text = json.dumps({**json.loads(reply_to_json(Reply("Title"))), "v": 2})
    with pytest.raises(VersionError, match=r"a message is stored in form 2, .* knows form 1"):
        reply_from_json(text)


def test_a_block_of_an_unknown_kind_is_refused() -> None:
    data = {**json.loads(reply_to_json(Reply("Title"))), "blocks": [["image", "x"]]}
    with pytest.raises(ValueError, match="unknown kind 'image'"):
        reply_from_json(json.dumps(data))


def test_what_is_to_be_published_is_still_to_be_after_a_restart() -> None:
    reply = Reply("Title", private=False, publish=True)
    assert reply_from_json(reply_to_json(reply)).publish
    assert not reply_from_json(reply_to_json(replace(reply, publish=False))).publish

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from bot.domain.measure import (
    MESSAGE_WEIGHT,
    block_weight,
    fits,
    paginate,
    shrink,
    weight,
)
from bot.domain.reply import Action, Block, Note, Paragraph, Reply, Row, clip, line

PARAGRAPHS = st.text(max_size=900).map(lambda text: Paragraph(line(text)))


@given(st.lists(PARAGRAPHS, max_size=20))
def test_pages_hold_every_group_in_order_and_stay_within_their_room(blocks: list[Block]) -> None:
    pages = paginate([(block,) for block in blocks], 2000)
    assert [block for page in pages for block in page] == blocks
    assert all(len(page) == 1 or sum(map(block_weight, page)) <= 2000 for page in pages)


@given(st.lists(PARAGRAPHS, max_size=20), st.text(max_size=400))
def test_a_shrunk_reply_fits_and_counts_what_it_left_out(blocks: list[Block], title: str) -> None:
    reply = Reply(title, tuple(blocks))
    small = shrink(reply)
    assert fits(small)
    if small is not reply:
        left = small.blocks[-1]
        assert isinstance(left, Note)
        assert "not fit" in str(left.line) or "too long" in str(left.line)


@pytest.mark.parametrize("count", [5, 9, 40])
def test_too_many_rows_are_counted_not_sent(count: int) -> None:
    rows = tuple(Row(line(f"{n}"), Action("Open", f"story {n}")) for n in range(count))
    assert fits(shrink(Reply("Rows", rows)))


def test_a_reply_that_fits_is_left_alone() -> None:
    reply = Reply("Title", (Paragraph(line("x" * 3000)),))
    assert shrink(reply) is reply


@given(st.text())
def test_no_text_weighs_less_than_its_characters(text: str) -> None:
    assert weight(text) >= len(text.encode("utf-16-le", "surrogatepass")) // 2


@given(st.text(max_size=200), st.integers(10, 100))
def test_clipped_text_stays_within_its_limit_and_is_marked(text: str, limit: int) -> None:
    short = clip(text, limit)
    assert len(short) <= limit
    assert short == text or short.endswith("…")


def test_a_huge_title_still_fits() -> None:
    assert fits(shrink(Reply("&" * MESSAGE_WEIGHT)))

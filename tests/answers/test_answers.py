from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from bot.answers import Answers
from bot.answers.asked import PAGES_LIMIT
from bot.domain.briefing import Story
from bot.domain.measure import ENTRY_WEIGHT, entry_weight, fits
from bot.domain.plain import to_text
from bot.domain.reply import Menu, Note, Reply, Row
from bot.domain.request import Channel, Request
from bot.domain.stories import Stories
from tests.stories import CHANNEL, NOW, make_faq, make_story

Ask = Callable[..., Awaitable[Reply]]

STRIKES = make_story(
    "land-strikes",
    title="Announced land strikes",
    aliases=["cartels"],
    why_it_matters="It would be *new*.",
    owners=["The desk"],
    key_points=[
        {
            "id": "said",
            "text": "They will begin.",
            "said_by": "The president",
            "sources": ["article"],
        },
        {"id": "none", "text": "No plan was given.", "sources": ["article § What was said"]},
    ],
    faq=[
        make_faq(
            "consent",
            "Has Mexico agreed?",
            "No. **Mexico** refuses.",
            also_asked=["is mexico ok with it"],
        ),
        make_faq("legal", "Is it legal?", "Lawyers doubt it without consent."),
        make_faq("when", "When will it begin?", "The article does not say."),
    ],
    background=[
        {"id": "sea", "title": "At sea", "text": "Ships came first.", "sources": ["article"]}
    ],
    open_questions=[
        {
            "id": "basis",
            "question": "On what legal basis?",
            "status": "partly_answered",
            "opened": "2026-11-01",
            "watch_for": "A published opinion.",
            "answer": "Some lawyers have spoken.",
            "history": [{"date": "2026-11-10", "note": "Congress asked.", "sources": ["article"]}],
            "sources": ["article"],
        }
    ],
    timeline=[
        {"id": "said-it", "date": "2026-01", "text": "It was announced.", "sources": ["article"]}
    ],
    positions=[
        {"id": "mexico", "who": "Mexico", "view": "Sovereignty first.", "sources": ["article"]}
    ],
    changes=[
        {"date": "2026-11-20", "kind": "update", "items": ["consent"], "note": "Mexico spoke."}
    ],
)
OTHER = make_story("venezuela-link", title="The Venezuela link", as_of="2026-11-21")
HIDDEN = make_story(
    "secret-plan", visible_to=["slack:T2"], faq=[make_faq("a", "Has Mexico agreed?")]
)


@pytest.fixture
def ask() -> Ask:
    return asking([STRIKES, OTHER, HIDDEN])


def asking(stories: Sequence[Story], bound: str | None = None) -> Ask:
    loaded = Stories(stories)
    answers = Answers(lambda: loaded, lambda: NOW, lambda _: bound)

    async def ask(words: str, **fields: object) -> Reply:
        return await answers(Request(words, CHANNEL, **fields))  # type: ignore[arg-type]

    return ask


def words_of(reply: Reply) -> list[str]:
    """Every control's words."""
    rows = [block.action.words for block in reply.blocks if isinstance(block, Row)]
    menus = [
        option.words
        for block in reply.blocks
        if isinstance(block, Menu)
        for option in block.options
    ]
    return [*rows, *menus, *(action.words for action in reply.actions)]


async def test_nothing_typed_lists_the_stories_with_their_bottom_lines(ask: Ask) -> None:
    reply = await ask("")
    assert reply.title == "Briefings"
    assert to_text(reply).index("The Venezuela link") < to_text(reply).index(
        "Announced land strikes"
    )
    assert "What matters about land-strikes." in to_text(reply)


async def test_nothing_typed_in_a_channel_with_a_story_gives_its_card() -> None:
    reply = await asking([STRIKES, OTHER], bound="land-strikes")("")
    assert reply.title == "Announced land strikes"


async def test_a_card_opens_with_the_bottom_line_and_leads_to_every_section(ask: Ask) -> None:
    reply = await ask("cartels")
    text = to_text(reply)
    assert text.startswith("Announced land strikes\n\nWhat matters about land-strikes.")
    assert "Status: Developing" in text
    assert "As of: 20 November 2026 (2 days ago)" in text
    assert "- According to the president: They will begin." in text
    assert [action.label for action in reply.actions] == [
        "FAQ (3)",
        "Background (1)",
        "Open Questions (1)",
        "Timeline (1)",
        "Positions (1)",
        "Key Points (2)",
        "Sources (1)",
        "Changes (1)",
        "Share here",
    ]


async def test_faq_offers_the_questions_as_a_menu(ask: Ask) -> None:
    reply = await ask("faq cartels")
    (menu,) = [block for block in reply.blocks if isinstance(block, Menu)]
    assert [option.label for option in menu.options] == [
        "Has Mexico agreed?",
        "Is it legal?",
        "When will it begin?",
    ]


async def test_a_picked_question_shows_its_answer_source_and_date(ask: Ask) -> None:
    reply = await ask("faq land-strikes consent")
    assert to_text(reply) == (
        "Has Mexico agreed?\n\nNo. Mexico refuses.\n\n"
        "As of 20 November 2026 (2 days ago) · Announced land strikes · Source: “An article”"
    )


async def test_words_after_faq_find_the_entry_even_without_a_story(ask: Ask) -> None:
    reply = await ask("faq mexico ok with it")
    assert reply.title == "Has Mexico agreed?"
    assert "The closest match for mexico ok with it." in to_text(reply)


async def test_words_that_fit_nothing_in_a_section_say_so_and_lead_on(ask: Ask) -> None:
    reply = await ask("faq land-strikes zebra")
    assert "No question matches zebra." in to_text(reply)
    assert "faq land-strikes" in words_of(reply)


async def test_open_questions_show_status_what_would_settle_them_and_history(ask: Ask) -> None:
    text = to_text(await ask("questions cartels"))
    assert "Status: Partly answered, asked since 1 November 2026" in text
    assert "What would settle it: A published opinion." in text
    assert "10 November 2026: Congress asked." in text
    assert "Some lawyers have spoken." in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("background cartels", "Ships came first."),
        ("timeline cartels", "- January 2026: It was announced."),
        ("positions cartels", "Mexico\n\nSovereignty first."),
        ("points cartels", "- No plan was given."),
        ("sources cartels", "Publisher: not stated"),
        ("changes cartels", "20 November 2026: Update\n\nMexico spoke. (Has Mexico agreed?)"),
    ],
)
async def test_each_section_shows_what_the_file_holds(ask: Ask, words: str, said: str) -> None:
    assert said in to_text(await ask(words))


async def test_a_section_without_items_says_so(ask: Ask) -> None:
    assert "This briefing has no background sections." in to_text(await ask("background venezuela"))


async def test_a_section_without_a_story_asks_which(ask: Ask) -> None:
    reply = await ask("positions")
    assert reply.title == "Which story?"
    assert "positions land-strikes" in words_of(reply)


async def test_the_only_story_needs_no_naming() -> None:
    assert (await asking([STRIKES])("positions")).title == "Positions: Announced land strikes"


async def test_an_unknown_word_gets_help_and_the_nearest_story(ask: Ask) -> None:
    reply = await ask("venezuela lnik")
    assert reply.title == "I did not understand that"
    assert "story venezuela-link" in words_of(reply)
    assert "/brief faq [story] [words]" in to_text(reply)


async def test_a_mistyped_verb_is_offered_with_what_followed_it(ask: Ask) -> None:
    assert "background land-strikes" in words_of(await ask("land-strikes backgroud"))


@pytest.mark.parametrize("verb", ["", "faq ", "background ", "sources ", "share faq "])
async def test_a_hidden_story_answers_exactly_as_one_that_does_not_exist(
    verb: str, ask: Ask
) -> None:
    hidden, unknown = (
        await ask(f"{verb}secret-plan"),
        await asking([STRIKES, OTHER])(f"{verb}secret-plan"),
    )
    assert (to_text(hidden), words_of(hidden)) == (to_text(unknown), words_of(unknown))


async def test_search_ranks_entries_of_all_visible_stories(ask: Ask) -> None:
    reply = await ask("search mexico agreed")
    first = next(block for block in reply.blocks if isinstance(block, Row))
    assert first.action.words == "faq land-strikes consent"
    assert "secret" not in to_text(reply)


async def test_ask_without_any_match_says_it_is_not_covered(ask: Ask) -> None:
    reply = await ask("ask what is the price of tea")
    assert reply.title == "Not covered"


@pytest.mark.parametrize("words", ["ask", "search", "ask ???", "search 🙂"])
async def test_a_question_without_words_is_asked_for_some(ask: Ask, words: str) -> None:
    assert (await ask(words)).title == "What do you want to know?"


async def test_a_shared_answer_is_public_and_names_who_shared_it(ask: Ask) -> None:
    reply = await ask("share faq land-strikes consent", user="U1", user_name="Ana <@U2>")
    assert not reply.private
    last = reply.blocks[-1]
    assert isinstance(last, Note)
    assert to_text(reply).endswith("Shared by Ana <@U2>.")
    assert not any(words.startswith("share") for words in words_of(reply))


async def test_the_kept_answer_is_not_touched_by_sharing_it(ask: Ask) -> None:
    first = await ask("faq land-strikes consent")
    await ask("share faq land-strikes consent", user_name="Ana")
    assert await ask("faq land-strikes consent") is first


async def test_a_stale_story_says_so_and_names_its_owner() -> None:
    stale = make_story(
        "old", review_by="2026-11-21", owners=["The desk"], faq=[make_faq("q", "What?")]
    )
    text = to_text(await asking([stale])("faq old q"))
    assert "May be out of date. It was to be reviewed by 21 November 2026. Ask The desk." in text


async def test_a_story_is_not_stale_on_the_day_of_its_review() -> None:
    fresh = make_story("new", review_by="2026-11-22", faq=[make_faq("q", "What?")])
    assert "out of date" not in to_text(await asking([fresh])("faq new q"))


async def test_help_lists_every_verb(ask: Ask) -> None:
    text = to_text(await ask("help"))
    for verb in (
        "faq",
        "background",
        "questions",
        "timeline",
        "positions",
        "sources",
        "changes",
        "ask",
    ):
        assert f"/brief {verb}" in text


async def test_help_lists_the_moderators_verbs_for_them_alone(ask: Ask) -> None:
    common, moderators = [to_text(await ask("help", moderator=given)) for given in (False, True)]
    assert ("/brief use" in common, "/brief use" in moderators) == (False, True)


async def test_no_stories_at_all_is_said_kindly() -> None:
    assert (await asking([])("")).title == "No briefings here yet"


async def test_every_control_of_every_answer_leads_to_an_answer(ask: Ask) -> None:
    seen: set[str] = set()
    todo = ["", "help", "search mexico consent legal", "blub", "faq"]
    while todo:
        words = todo.pop()
        if words in seen:
            continue
        seen.add(words)
        reply = await ask(words, user_name="Ana")
        assert reply.title != "I did not understand that" or words == "blub", words
        assert fits(reply), words
        todo += words_of(reply)
    assert len(seen) > 30


async def test_long_sections_are_paged_and_nothing_is_lost() -> None:
    many = [
        {
            "id": f"e{number}",
            "date": "2026-01-02",
            "text": f"Event {number}. " + "x" * 500,
            "sources": ["article"],
        }
        for number in range(40)
    ]
    ask = asking([make_story("long", timeline=many)])
    shown, words = "", "timeline long"
    while words:
        reply = await ask(words)
        shown += to_text(reply)
        words = next((action.words for action in reply.actions if action.label == "Next"), "")
    assert [f"Event {number}." in shown for number in range(40)] == [True] * 40


@pytest.mark.parametrize(("verb", "each", "count"), [("search", 5, 520), ("faq", 25, 2600)])
async def test_the_pages_of_what_words_find_end_somewhere(verb: str, each: int, count: int) -> None:
    entries = [make_faq(f"q{number}", f"Is ferry {number} running?") for number in range(count)]
    stories = [
        make_story(f"story-{start}", faq=entries[start : start + 200])
        for start in range(0, count, 200)
    ]
    known = Stories(stories)
    answers = Answers(lambda: known, lambda: NOW)
    last = await answers(Request(f"{verb} ferry page 9999", CHANNEL))
    same = await answers(Request(f"{verb} ferry page {PAGES_LIMIT}", CHANNEL))
    assert to_text(last) == to_text(same)
    labels = [action.label for action in last.actions]
    assert "Previous" in labels
    assert "Next" not in labels
    said = f"of {count}, the closest" if verb == "search" else f"{count} questions fit"
    assert said in to_text(last)
    rows = [block for block in last.blocks if isinstance(block, Row)]
    menus = [len(block.options) for block in last.blocks if isinstance(block, Menu)]
    assert (len(rows) or sum(menus)) == each


async def test_a_page_beyond_the_last_is_the_last() -> None:
    ask = asking([make_story("long", faq=[make_faq(f"q{n}", f"Question {n}?") for n in range(60)])])
    assert "Page 3 of 3." in to_text(await ask("faq long page 9"))


async def test_a_request_during_a_reload_is_answered_from_one_snapshot() -> None:
    before, after = Stories([STRIKES]), Stories([OTHER])
    current = [before]
    answers = Answers(lambda: current[0], lambda: NOW)
    first = await answers(Request("cartels", CHANNEL))
    current[0] = after
    second = await answers(Request("cartels", CHANNEL))
    assert (first.title, second.title) == ("Announced land strikes", "I did not understand that")


async def test_two_channels_are_never_given_each_others_kept_answers() -> None:
    answers = Answers(lambda: loaded, lambda: NOW)
    loaded = Stories([STRIKES, HIDDEN])
    theirs = await answers(Request("secret-plan", Channel("slack", "T2", "C1")))
    ours = await answers(Request("secret-plan", CHANNEL))
    assert (theirs.title, ours.title) == ("Secret Plan", "I did not understand that")


async def test_looking_through_many_stories_leaves_the_loop_free() -> None:
    faq = [make_faq("matters", "What matters?")]
    loaded = Stories(make_story(f"story-{number}", faq=faq) for number in range(600))
    answers = Answers(lambda: loaded, lambda: NOW)
    asking = asyncio.create_task(answers(Request("search what matters", CHANNEL)))
    turns = 0
    while not asking.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 2
    assert (await asking).title == "What the briefings say"


async def walked(ask: Ask, words: str) -> list[Reply]:
    """An answer and all pages after it."""
    replies = []
    while words:
        replies.append(await ask(words))
        words = next((one.words for one in replies[-1].actions if one.label == "Next"), "")
    return replies


@pytest.mark.parametrize("words", ["land", "faq land", "land faq", "stories", "positions"])
async def test_every_story_that_may_be_meant_is_reached(words: str) -> None:
    many = [make_story(f"land-{number}", title=f"Land issue {number}") for number in range(12)]
    replies = await walked(asking(many), words)
    opened = {word.split()[-1] for reply in replies for word in words_of(reply)}
    assert {f"land-{number}" for number in range(12)} <= opened


@pytest.mark.parametrize("words", ["search ferry", "faq ferry", "faq many ferry"])
async def test_every_entry_that_fits_is_counted_and_reached(words: str) -> None:
    faq = [make_faq(f"q{number}", f"Ferry {number}?") for number in range(60)]
    replies = await walked(asking([make_story("many", faq=faq), OTHER]), words)
    assert "60" in to_text(replies[0])
    opened = {word for reply in replies for word in words_of(reply)}
    assert {f"faq many q{number}" for number in range(60)} <= opened


@pytest.mark.parametrize("verb", ["story", "sources", "changes", "faq", "positions"])
async def test_a_mistyped_story_after_a_verb_is_offered(verb: str, ask: Ask) -> None:
    reply = await ask(f"{verb} land-strkes")
    assert f"{verb} land-strikes" in words_of(reply)
    assert "land-strkes" in to_text(reply)
    assert not any("land-strkes" in words for words in words_of(reply) if "search" not in words)


async def test_topics_lead_to_their_stories() -> None:
    stories = [make_story("one", topics=["Sovereignty"]), make_story("two", topics=["ferries"])]
    assert (await asking(stories)("sovereignty")).title == "One"


async def test_found_entries_say_as_of_when_and_whether_they_are_out_of_date() -> None:
    stale = make_story("old", review_by="2026-11-01", faq=[make_faq("q", "What ferry?")])
    both = [
        stale,
        make_story("new", faq=[make_faq("r", "Which ferry?"), make_faq("s", "A ferry?")]),
    ]
    for words in ("search ferry", "faq ferry", "stories"):
        text = to_text(await asking(both)(words))
        assert "of 20 November 2026 (2 days ago)" in text, words
        assert "ay be out of date" in text, words


@pytest.mark.parametrize("words", ["share zzz", "share help", "share ask what is tea"])
async def test_what_is_no_answer_is_not_shared(words: str, ask: Ask) -> None:
    assert (await ask(words)).private


async def test_a_story_with_words_that_mean_nothing_is_said_to_be_a_story(ask: Ask) -> None:
    reply = await ask("land-strikes nonsense")
    assert "Announced land strikes is a story" in to_text(reply)
    assert {"story land-strikes", "search land-strikes nonsense"} <= set(words_of(reply))


async def test_the_heaviest_entry_is_shown_whole_with_its_sources() -> None:
    source = {"id": "s", "title": "&" * 200, "publisher": "&" * 75, "kind": "news"}
    source["url"] = "https://example.org/" + "%" * 480
    answer = "word " * 400 + "the end"
    heavy = make_story(
        "heavy",
        title="&" * 75,
        review_by="2026-01-01",
        owners=["&" * 75],
        sources=[source],
        faq=[make_faq("q", "What? " + "&" * 190, answer, sources=["s § " + "&" * 100])],
    )
    (entry,) = heavy.entries()
    assert entry_weight(entry) <= ENTRY_WEIGHT
    text = to_text(await asking([heavy])("faq heavy q"))
    assert "the end" in text
    assert "not fit" not in text
    assert "May be out of date" in text

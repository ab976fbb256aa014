"""Marks: what a button cannot carry by itself, kept in memory for as long as the bot runs."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, TypeVar

from bot.domain.verbs import HELPFUL, TELL

if TYPE_CHECKING:
    from bot.domain.reply import Reply
    from bot.domain.request import Request

#: Stands for no question in particular: a button has all of it.
MARK: Final = "~"
_BYTES: Final = 6
_KEPT: Final = 4096

_Key = TypeVar("_Key", str, int)
_Value = TypeVar("_Value", str, int)


class Marks:
    """Questions too long for a button, and how many answers' buttons somebody has yet to click.

    Of very many, the oldest goes. What somebody clicked is kept under a number that is made anew in
    each process and tells nothing of them.
    """

    def __init__(self) -> None:
        self._questions: dict[str, str] = {}
        self._left: dict[int, int] = {}

    def keep(self, question: str) -> str:
        """Keep a question; its mark."""
        mark = mark_of(question)
        _put(self._questions, mark, question)
        return mark

    def question(self, mark: str) -> str | None:
        """The question with this mark, if it is kept."""
        return self._questions.get(mark)

    def arm(self, request: Request, reply: Reply) -> None:
        """Let whoever gets this answer click each of its buttons that tell something, once."""
        said = {_topic(action.words) for action in reply.actions if _tells(action.words)}
        for topic in said:
            key = hash((request.channel, request.user, topic))
            _put(self._left, key, self._left.get(key, 0) + 1)

    def spend(self, request: Request, *, back: bool = False) -> bool:
        """Whether this click is one more than there were before; `back` takes it back."""
        key = hash((request.channel, request.user, _topic(request.words)))
        left = self._left.get(key, 1)  # of answers that another process gave nothing is known
        _put(self._left, key, left + 1 if back else max(left - 1, 0))
        return left > 0


def mark_of(question: str) -> str:
    """The mark of a question: the same for the same words, and hardly for others."""
    digest = blake2b(question.encode(errors="surrogatepass"), digest_size=_BYTES).digest()
    return f"{MARK}{urlsafe_b64encode(digest).decode()}"


def _tells(words: str) -> bool:
    return words.startswith((f"{TELL.name} {MARK}", f"{HELPFUL.name} "))


def _topic(words: str) -> str:
    """What both buttons of a vote have in common; else the words themselves."""
    tokens = words.split()
    return " ".join([tokens[0], *tokens[2:]]) if tokens[:1] == [HELPFUL.name] else " ".join(tokens)


def _put(kept: dict[_Key, _Value], key: _Key, value: _Value) -> None:
    kept.pop(key, None)
    if len(kept) >= _KEPT:
        del kept[next(iter(kept))]
    kept[key] = value

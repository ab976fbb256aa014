"""Text to words that compare: small letters, stems; for scripts without spaces, pairs."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final

from bot.domain.search.small import SMALL

if TYPE_CHECKING:
    from collections.abc import Callable

#: Initials with dots, as in U.S., are one word; an address in a link is none, nor is a mention.
_DOTTED: Final = re.compile(r"\.[^\W\d_]\.")
_INITIALS: Final = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_ADDRESS: Final = re.compile(r"\]\([^()\s]*\)|https?://\S+")
_MENTION: Final = re.compile(r"<[@#!][^<>]*>|<a?:\w+:\d+>|@(?:everyone|here|channel)\b")
#: Python's \w leaves out the vowel signs that Indic scripts write as marks.
_MARKS: Final = "".join(
    re.escape(chr(code))
    for code in range(0x300, 0x1E00)
    if unicodedata.category(chr(code)) in ("Mn", "Mc")
)
_WORD: Final = re.compile(rf"(?:[^\W_][{_MARKS}]*)+")
#: Thai, Lao, Burmese, Khmer, Chinese, Japanese, Korean: no spaces, or words that are hard to part.
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
)
#: Longer runs of letters are no words, and would make long work.
_WORD_LIMIT: Final = 40
_ASCII_WORD: Final = re.compile(rf"([a-z0-9]{{1,{_WORD_LIMIT}}})[a-z0-9]*")
_SHORTEST: Final = 3

#: What is cut from English words: the first ending that fits;
_ENGLISH: Final = (
    ("ies", "y"),
    ("ied", "y"),
    ("uses", "us"),
    ("xes", "x"),
    ("ing", ""),
    ("edly", ""),
    ("ed", ""),
    ("s", ""),
)
#: then each of these in turn, where so many letters stay.
_ENGLISH_SUFFIXES: Final = (
    ("ly", 4),
    ("al", 5),
    ("ation", 5),
    ("ment", 5),
    ("ion", 5),
    ("er", 4),
)
#: Words that would lose their sense with their ending: an apartment is not apart.
_WHOLE: Final = frozenset(
    """
    accession according apartment banner better broker center chile coming conversation corner
    counter customer department differ east easter evening federation flower formation former
    foundation general hearing international letter likely missing news number officer official
    partial plane procession publication recession ruling several shelling shortly shower species
    speed statement summer supply tender
    """.split()
)
#: What is left of a short word that lost its e, as `car` of `cared`: others double their last
#: letter before an ending, as `barred` does.
_CLIPPED: Final = re.compile("[^aeiou][aeiouy][^aeiouwxy]")
#: Names of Snowball's algorithms by language.
_SNOWBALL: Final = {
    "ar": "arabic",
    "ca": "catalan",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}


def words(text: str) -> list[str]:
    """The words of a text, in its order, in the form in which they are compared."""
    text = text.lower()
    if _DOTTED.search(text):
        text = _INITIALS.sub(lambda found: found[0].replace(".", ""), text)
    if "://" in text:
        text = _ADDRESS.sub(" ", text)
    if "@" in text or "<" in text:
        text = _MENTION.sub(" ", text)
    if text.isascii():
        found: list[str] = _ASCII_WORD.findall(text)
        return found
    decomposed = unicodedata.normalize("NFKC", text.casefold())
    return [piece for word in _WORD.findall(decomposed) for piece in _pieces(word)]


def searchable(text: str) -> bool:
    """Whether there is any word in a text."""
    return bool(words(text))


def keywords(text: str, language: str = "en") -> list[str]:
    """The words of a question that carry its meaning, each once; all of them if none does."""
    found = list(dict.fromkeys(words(text)))
    return [word for word in found if word not in stems(language).small] or found


def _pieces(word: str) -> list[str]:
    """The word; of a script without spaces, its pairs of letters."""
    if word.isascii() or not _UNSPACED.search(word):
        return [word[:_WORD_LIMIT]]
    found: list[str] = []
    end = 0
    for run in _UNSPACED.finditer(word):
        found += [word[end : run.start()]] if run.start() > end else []
        letters = run[0]
        found += [letters[at : at + 2] for at in range(max(1, len(letters) - 1))]
        end = run.end()
    return [*found, word[end:]] if end < len(word) else found


def bare(word: str) -> str:
    """A word without its accents."""
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFKD", word)
    kept = "".join(char for char in decomposed if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", kept) or word


class Stems(dict[str, str]):
    """The stems of a language's words, each worked out once; see `stem` for words of a question."""

    def __init__(self, language: str) -> None:
        super().__init__()
        small = SMALL.get(language, frozenset())
        self.small = small | frozenset(map(bare, small))
        self._stem = _stemmer(language)

    def __missing__(self, word: str) -> str:
        found = self[word] = bare(self._stem(word))
        return found

    def stem(self, word: str) -> str:
        """The stem of a word that anybody may have typed: not kept."""
        return self.get(word) or bare(self._stem(word))


@cache
def stems(language: str) -> Stems:
    """The stems of a language, of which only the first part counts: pt-BR is pt."""
    name = base(language)
    return Stems(name) if name == language else stems(name)


def base(language: str) -> str:
    """The language without its region, as far as it makes a difference here."""
    name = language.partition("-")[0].lower()
    return name if name in SMALL or name in _SNOWBALL else ""


def _stemmer(language: str) -> Callable[[str], str]:
    if language == "en":
        return english
    if language not in _SNOWBALL:
        return str
    import snowballstemmer  # only who has such briefings pays for it

    stem: Callable[[str], str] = snowballstemmer.stemmer(_SNOWBALL[language]).stemWord
    return stem


def english(word: str) -> str:
    """An English word without the commonest endings: agree, agrees and agreement are one."""
    if len(word) <= _SHORTEST or not word.isascii() or word in _WHOLE:
        return word
    word = _uninflected(word)
    for ending, least in _ENGLISH_SUFFIXES:
        cut = word.endswith(ending) and len(word) - len(ending) >= least
        if cut and word not in _WHOLE:
            word = word[: -len(ending)]
    return word if word in _WHOLE else _closed(word)


def _closed(word: str) -> str:
    """A word as all its forms end: plan of planned, chang of change, countri of country."""
    if len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] != "s":
        word = word[:-1]
    if len(word) > _SHORTEST + 1 and word[-1] == "e":
        word = word[:-1]
    return word[:-1] + "i" if len(word) > _SHORTEST and word[-1] == "y" else word


def _uninflected(word: str) -> str:
    """A word without its plural or past, with the e that was lost to it."""
    for ending, instead in _ENGLISH:
        keeps = ending == "s" and word.endswith(("ss", "us", "is"))
        base = word[: -len(ending)] + instead
        if word.endswith(ending) and len(base) >= _SHORTEST and not keeps:
            clipped = ending in ("ed", "ing") and _CLIPPED.fullmatch(base)
            return base + "e" if clipped else base
    return word

"""Often typed: words that the grammar of digests does not take, and what to say instead of them."""

from __future__ import annotations

import re
from typing import Final

_EXAMPLE: Final = "at 09:00 on weekdays"

#: What people often type, and this grammar does not take: how to say it instead.
INSTEAD: Final = tuple(
    (re.compile(rf"\b(?:{words})\b"), remedy, example)
    for words, remedy, example in (
        (
            "late|up to|at most|within|more than|max(?:imum)?",
            "for how late it is still welcome, write late and a span of time",
            f"{_EXAMPLE} late 3h",
        ),
        (
            "here|this channel",
            "a digest comes into this channel unless it names another; leave that out",
            _EXAMPLE,
        ),
        (
            "nothing|unchanged|changed|if|when|no (?:news|changes?)",
            "for when nothing changed, write silent or say so",
            f"{_EXAMPLE} silent",
        ),
        ("minutes?|mins?|twice|times", "name the times of day", "at 09:00 and 17:00 on weekdays"),
        ("hours?|hourly|between", "name the hours in a cron line", 'cron "0 9-17 * * 1-5"'),
        (
            "other|alternate|fortnight(?:ly)?|bi-?weekly|(?:[0-9]+|two|three|four|second) weeks?",
            "it can come every week on some days, or on some days of the month",
            "at 09:00 on the first and third Monday of the month",
        ),
        ("weeks?", "name the days of the week", "at 09:00 every Monday"),
        (
            (
                r"year(?:ly)?|annually|quarter(?:ly)?|months?|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?"
                r"|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?|\w+ember|oct(?:ober)?|nov|dec"
            ),
            "name the months in a cron line",
            'cron "0 9 1 1,4,7,10 *"',
        ),
        (
            "except|excluding|but|not?|never|without|unless|or",
            "name the days on which it comes",
            "at 09:00 every Monday and Thursday",
        ),
        (
            (
                "[0-9]{4}-[0-9]{2}-[0-9]{2}|today|tonight|tomorrow|once|now|next|starting|from"
                "|since|until|till"
            ),
            "a digest comes again and again until it is paused; name its days",
            "at 09:00 daily",
        ),
        (
            "and",
            "it has the same times on all its days; make another digest for others",
            "at 09:00 and 17:00 every Monday and Friday",
        ),
        ("morning|evening|afternoon|night|lunch(?:time)?", "write the time", _EXAMPLE),
    )
)

#: What is often typed for words of ours, those words, and an example of them.
SAME: Final = tuple(
    (re.compile(words), ours, example)
    for words, ours, example in (
        (
            "(?:(?:on|every|each) )*(?:work|working |business |week )days?",
            "on weekdays",
            _EXAMPLE,
        ),
        ("(?:every ?|each )?(?:single )?days?", "daily", "at 09:00 daily"),
        ("(?:the )?local (?:time ?zone|zone|time)|my time", "in my zone", _EXAMPLE),
        ("m(?:o|on)?[-–—]f(?:r|ri)?", "on weekdays", _EXAMPLE),
        (
            "(?:(?:on|at|by) )?(?:the )?(?:end of (?:(?:the|each|every) )?month|month[- ]?end)",
            "on the last day of the month",
            "at 09:00 on the last day of the month",
        ),
        ("quiet(?:ly)?|silently|mute", "silent", f"{_EXAMPLE} silent"),
        ("complete|summary|whole card", "full", f"{_EXAMPLE} full"),
        ("deltas?|diffs?|updates?|news", "changes", f"{_EXAMPLE} changes"),
    )
)

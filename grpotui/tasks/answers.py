"""What counts as the answer in a completion. Completions never hold their prompts: nothing is cut off."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"-?\d+", re.ASCII)
_AROUND = ".,;:!?\"'`()[]*_"
YES_NO = ("yes", "no")


def first_number(text: str) -> str | None:
    """Return the number that the completion begins with, else its first word, else None.

    The completion must not hold the prompt. "23 is" gives "23", "-4." gives "-4", "about 23" gives "about",
    "Yes, it" gives "Yes".
    """
    text = text.strip()
    if match := _NUMBER.match(text):
        return match.group()
    word = text.split(maxsplit=1)[0] if text else ""
    return word.strip(_AROUND) or word or None


def is_right(text: str, answer: str | None) -> bool:
    """True when the completion begins with the answer or is the answer as a whole.

    Letters may be large or small. "12" is not the answer "1", and "007" not the answer "7".
    """
    given = first_number(text)
    if answer is None or given is None:
        return False
    wanted = answer.strip().casefold()
    return wanted in (given.casefold(), text.strip().casefold())


def has_form_of(text: str, answer: str | None, alone: bool) -> bool:
    """True when the completion begins with a thing of the answer's kind: a number, yes or no, as many words.

    ``alone``: and nothing follows.
    """
    given = first_number(text)
    if answer is None or given is None:
        return False
    if _NUMBER.fullmatch(answer.strip()):
        fits = bool(_NUMBER.fullmatch(given))
    elif answer.strip().casefold() in YES_NO:
        fits = given.casefold() in YES_NO
    else:
        return len(text.split()) == len(answer.split())
    return fits and (not alone or text.strip().strip(_AROUND) == given)

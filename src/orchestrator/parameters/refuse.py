"""Refusing a parameter: which one, why, and what was meant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches

from orchestrator.errors import InvalidRequestError, Place, reference_token

_LONGEST_SHOWN = 60


def refusal(name: str, detail: str, *, under: str) -> InvalidRequestError:
    """Return the error that refuses parameter `name` of those at pointer `under`."""
    place = Place(f"{under}/{reference_token(name)}", detail)
    return InvalidRequestError(f"{name[:_LONGEST_SHOWN]}: {detail}", places=(place,))


def shown(value: object) -> str:
    """Return a value as an error quotes it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "..."


@contextmanager
def placed_under(prefix: str) -> Iterator[None]:
    """Prefix the pointers of an `InvalidRequestError` raised inside."""
    try:
        yield
    except InvalidRequestError as error:
        error.places = tuple(
            Place(prefix + place.pointer, place.detail) for place in error.places
        )
        raise


_LONGEST = 64
"""Characters of a name that are compared: no name that is known has more."""


def did_you_mean(name: str, known: tuple[str, ...]) -> str:
    """Return ``"; did you mean 'x'?"``, or nothing when nothing is near.

    The start of a name is near: ``sma`` is ``sma_cross``.
    """
    asked = name[:_LONGEST].lower()
    close = [one for one in known if asked and one.lower() == asked]
    close += [one for one in known if len(asked) > 2 and one.lower().startswith(asked)]
    close += get_close_matches(asked, known, n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def nearest(name: str, known: tuple[str, ...]) -> str:
    """Return ``"; did you mean 'x'?"``, or what is known when nothing is near."""
    hint = did_you_mean(name, known)
    if hint:
        return hint
    return f"; known: {', '.join(known)}" if known else "; there are none"

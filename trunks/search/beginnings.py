"""Rows by the digits that their numbers begin with, as far as the index knows rows by them.

Of fewer rows than it takes to come upon matches where they stand, those that begin alike are quicker sorted.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence

from trunks.search.commonness import measured
from trunks.search.grams import label_gram
from trunks.search.index import DIGITS_LABELLED, END_OF_DIGITS, Clue
from trunks.search.paging import LARGEST_ID, Order, Place
from trunks.search.source import Source
from trunks.search.walk import Walk

BY_NUMBER = ("digits",)
# So many times as many as are wanted are sorted at first, and then more each time.
_AT_ONCE, _MORE = 1.5, 4
# A beginning that this many times as many rows have as are wanted is parted into longer ones: to go through the lists
# of ten takes longer than through one twice as long.
_WORTH_PARTING = 2
# Of more than this share of all rows, it takes longer to look up how they begin than to sort them too.
_WORTH_NAMING = 0.2
# Numbers are not longer than this.
_LONGEST_NUMBER = 500
# The sign after the nine.
_BEYOND_DIGITS = ":"


class Beginnings:
    """The rows that answer a question, in the order of their digits, some beginnings of numbers at a time."""

    def __init__(self, source: Source, columns: Mapping[str, str], order: Order) -> None:
        self._source = source
        self._columns = {key: columns[key] for key in order.keys}
        self._order = order

    def after(self, place: Place | None, size: int, *, matches: int) -> list[Place]:
        """Return the places of the next rows; `matches` is about how many there are in all."""
        found, here = list[Place](), place
        for begins, share in self._steps(place, _AT_ONCE * size / max(1, matches)):
            end = behind(begins[-1], goes_down=self._order.goes_down)
            if share >= _WORTH_NAMING:
                return [*found, *self._sorted([], here, size - len(found))]
            # Of two grams with one number, PostgreSQL's index may find a row by the other.
            also = [clue_of_digits(*begins)]
            found += self._sorted(also, here, size - len(found), until=end)
            if len(found) >= size:
                break
            here = end
        return found

    def _steps(self, place: Place | None, wanted: float) -> Iterator[tuple[list[str], float]]:
        """Yield beginnings in their order, as many as about such a share of rows has, and more each time."""
        begins, share = list[str](), 0.0
        for begin, its_share in self._ahead(place, most=wanted):
            begins.append(begin)
            share += its_share
            if share >= min(wanted, _WORTH_NAMING):
                yield begins, share
                begins, share, wanted = [], 0.0, wanted * _MORE
        if begins:
            yield begins, share

    def _ahead(self, place: Place | None, *, most: float) -> Iterator[tuple[str, float]]:
        """Yield beginnings in their order, with the share of all rows that each has; what far more have is parted."""
        goes_down, landmarks = self._order.goes_down, measured.landmarks()
        first = "9" * DIGITS_LABELLED if goes_down else END_OF_DIGITS
        here = first if place is None else f"{place[0]}{END_OF_DIGITS}"

        def parted(begin: str) -> Iterator[tuple[str, float]]:
            for longer in next_digits(begin, here, goes_down=goes_down):
                share = _share(longer, landmarks)
                is_last = longer.endswith(END_OF_DIGITS) or len(longer) == DIGITS_LABELLED
                if share > _WORTH_PARTING * most and not is_last:
                    yield from parted(longer)
                else:
                    yield longer, share

        return parted("")

    def _sorted(
        self, also: Sequence[Clue], place: Place | None, size: int, *, until: Place | None = None
    ) -> list[Place]:
        source, said = self._source.tables(list(self._columns.values()), also)
        return Walk(source, self._columns, self._order, said).after(place, size, until=until)


def clue_of_digits(*begins: str) -> Clue:
    """Return what the index can tell of rows whose digits begin in one of these ways."""
    return [(label_gram(begin),) for begin in begins]


def behind(begin: str, *, goes_down: bool) -> Place:
    """Return a place in the order of digits that no row with a beginning is after, and all that follow are."""
    return before(begin, goes_down=not goes_down)


def before(begin: str, *, goes_down: bool) -> Place:
    """Return a place in the order of digits that all rows with a beginning are after."""
    digits = begin.removesuffix(END_OF_DIGITS)
    if not goes_down:
        return (digits, 0)
    return (digits, LARGEST_ID) if digits != begin else (digits + "9" * _LONGEST_NUMBER, 0)


def next_digits(begin: str, here: str, *, goes_down: bool) -> list[str]:
    """Return the beginnings one sign longer that are not behind a number, in their order.

    `here` is the number and the sign that ends it: one that ends is before those that go on.
    """
    reached = here[: len(begin) + 1]
    nexts = (begin + digit for digit in f"{END_OF_DIGITS}0123456789")
    way = sorted(nexts, reverse=goes_down)
    return [one for one in way if (one <= reached if goes_down else one >= reached)]


def _share(begin: str, landmarks: Sequence[str]) -> float:
    digits = begin.removesuffix(END_OF_DIGITS)
    if digits == begin:
        number = bisect_left(landmarks, digits + _BEYOND_DIGITS) - bisect_left(landmarks, digits)
    else:
        number = bisect_right(landmarks, digits) - bisect_left(landmarks, digits)
    return number / max(1, len(landmarks))

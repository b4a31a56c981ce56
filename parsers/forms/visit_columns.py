"""Reads persuasion visits (劝返) from a row: a visit a column, a visit in parts, or all visits in one cell."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from config.notice import Notice
from config.records.record import Json
from config.text.text_folding import fold_text
from parsers.fields.dates import DateMatch, find_dates, keep_numbers_apart, split_period, to_iso_date
from parsers.fields.normalise import VocabularyMatcher, is_placeholder
from parsers.forms.headings.columns import Column

_ORDINALS = "〇一二三四五六七八九十"
_MARKS = "、,;;。.和及"
_SENTENCE_BREAKS = re.compile("[。;\n]")
_CLAUSE_BREAKS = re.compile("[,。;\n]")


@dataclass(frozen=True, slots=True)
class RowVisits:
    """The visits of one row, and the cells on visits that describe no particular visit."""

    visits: tuple[Json, ...]
    untold: tuple[tuple[Column, str], ...]


class VisitReader:
    """Reads visits into ``{"number", "date", "place", "people", "content", "result"}``, ordered by date."""

    def __init__(self, notice: Notice) -> None:
        self._notice, self._year = notice, notice.opened.year
        vocabulary = notice.vocabularies.get("visit_result")
        names = "|".join(map(re.escape, notice.wording.visits.names))
        people = "|".join(map(re.escape, notice.wording.visits.people_endings))
        self._number = re.compile(
            f"第([一二三四五六七八九十0-9])[次回][{''.join(notice.wording.visits.names)}]*[:、,]?"
        )
        self._result = re.compile(f"(?:{names})?结果:(.{{2,40}})$")
        self._people = re.compile(f"(?:(?:{names}|参与)人员?|{people}):?([\u4e00-\u9fff、,· ]{{2,30}})")
        self._result_matcher = VocabularyMatcher(vocabulary, notice.placeholders) if vocabulary else None

    def read_period(self, text: str) -> dict[str, Json]:
        """Returns ``since`` and ``until`` (ISO dates) of a cell that holds a period; empty for other cells."""
        since, until = split_period(text, self._year)
        return {"until": until, "since": since} if since and until else {}

    def visits_from_row(self, cells: Sequence[tuple[Column, str]]) -> RowVisits:
        """Returns the visits in a row's cells; a visit has a date, or a number in its heading or text."""
        parts: dict[int, list[tuple[Column, str]]] = {}
        visits: list[Json] = []
        untold: list[tuple[Column, str]] = []
        for column, text in cells:
            if not text or is_placeholder(text, self._notice):
                continue
            if column.kind != "value" and column.part != "text":
                parts.setdefault(column.number, []).append((column, text))
                continue
            text_visits = self.visits_from_text(text, column.number or None)
            visits += text_visits
            untold += [] if text_visits else [(column, text)]
        for number, pieces in sorted(parts.items()):
            visit = self.visit_from_parts(number, {column.part: text for column, text in pieces})
            if number or visit["date"]:
                visits.append(visit)
            else:
                untold += pieces
        return RowVisits(tuple(self.number_by_date(visits)), tuple(untold))

    def number_by_date(self, visits: Sequence[Json]) -> list[Json]:
        """Returns the visits numbered in order of date; those without a date follow in their given order."""
        valid = [visit for visit in visits if isinstance(visit, dict)]
        dated = sorted((v for v in valid if v["date"]), key=lambda v: str(v["date"]))
        undated = [v for v in valid if not v["date"]]
        ordered = [*dated, *undated]
        return [{**visit, "number": number} for number, visit in enumerate(ordered, 1)]

    def visits_from_text(self, text: str, number: int | None = None) -> list[dict[str, Json]]:
        """Returns the visits described in one text: 第一次…第二次…, or date after date.

        With ``number`` the whole text is that one visit.
        """
        if numbered := self._visits_numbered_after_dates(fold_text(keep_numbers_apart(text))):
            return numbered
        pieces = self._number.split(text)
        if len(pieces) > 2:
            result: list[dict[str, Json]] = []
            for ordinal, piece in zip(pieces[1::2], pieces[2::2], strict=True):
                if piece.strip():
                    result += self.visits_from_text(piece, _ORDINALS.find(ordinal) % len(_ORDINALS))
            return result
        plain = fold_text(keep_numbers_apart(text))
        dates = find_dates(plain, self._year)
        if number is None and len(dates) > 1:
            pieces = [
                plain[d.end : (dates[n + 1].start if n + 1 < len(dates) else len(plain))]
                for n, d in enumerate(dates)
            ]
            return [
                self._visit_from_text(date.iso, piece.strip(_MARKS))
                for date, piece in zip(dates, pieces, strict=True)
            ]
        if not dates and number is None:
            return []
        return [self._visit_from_text(dates[0].iso if dates else None, text)]

    def _visits_numbered_after_dates(self, plain: str) -> list[dict[str, Json]]:
        """Returns the visits of a text with a date before each number (“9月4日第一次劝返…”); empty if a number lacks its date."""
        numbers = list(self._number.finditer(plain))
        ends = [*(number.start() for number in numbers), len(plain)][1:]
        starts: list[tuple[str, int, int]] = []  # (ISO date, its start, the start of the visit's words)
        last = 0
        for number, end in zip(numbers, ends, strict=True):
            lead, words_after = plain[last : number.start()], plain[number.end() : end]
            dates = find_dates(lead, self._year)
            if not dates or not self._dates_the_number_after(dates[-1], lead, words_after):
                return []
            starts.append((dates[-1].iso, last + dates[-1].start, last + dates[-1].end))
            last = number.end()
        bounds = [*(start for _, start, _ in starts), len(plain)][1:]
        return [
            self._visit_from_text(iso, plain[words:bound].strip(_MARKS))
            for (iso, _, words), bound in zip(starts, bounds, strict=True)
        ]

    def _dates_the_number_after(self, date: DateMatch, lead: str, told: str) -> bool:
        """Returns whether a date belongs to the visit number after it.

        It does if it is beside the number, or in the number's clause where that clause has no other date.
        """
        between = lead[date.end :]
        if not between:
            return True
        if find_dates(_CLAUSE_BREAKS.split(told)[0], self._year):
            return False
        return not between.strip("、,") or _CLAUSE_BREAKS.search(between) is None

    def _visit_from_text(self, date: str | None, text: str) -> dict[str, Json]:
        people = self._people.search(text)
        stated = self._result.search(fold_text(text))
        return {
            "number": 0,
            "date": date,
            "place": None,
            "people": people[1].strip("、, ") if people else None,
            "content": text.strip() or None,
            "result": self.read_result(stated[1]) if stated else self.read_result(text),
        }

    def visit_from_parts(self, number: int, parts: dict[str, str]) -> dict[str, Json]:
        """Returns a visit whose date, place, people, content and result are in separate cells."""
        content = parts.get("content") or parts.get("text")
        result_text = parts.get("result")
        date = to_iso_date(parts["date"], self._year) if "date" in parts else None
        return {
            "number": number,
            "date": date,
            "place": parts.get("place"),
            "people": parts.get("people"),
            "content": content,
            "result": self.read_result(result_text) if result_text else self.read_result(content or ""),
        }

    def read_result(self, text: str) -> str | None:
        """Returns the result of a visit as a value of the vocabulary, from the last clause that has one; None if none has."""
        if self._result_matcher is None or is_placeholder(text, self._notice):
            return None
        pieces = [piece for piece in _SENTENCE_BREAKS.split(text) if piece.strip()]
        for piece in reversed(pieces):  # the result is at the end
            if (result := self._result_matcher.match(piece)) is not None:
                return result
        return None

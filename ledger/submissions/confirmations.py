"""Finds forms that arrived and still need an answer: a zero report only in a mail's words, or a title of last semester."""

import re
from collections import Counter
from collections.abc import Mapping

from config.notice import Notice
from ledger.snapshot import Snapshot
from store.stored_values import ObligationKey

_AUTUMN = 7  # a notice opened in July or later is of the autumn semester
_SEMESTER = re.compile(r"(20[0-9]{2})(?:[^0-9]20[0-9]{2})?.{0,4}?([春秋上下]|第[一二]学期)")


def find_confirmations(snapshot: Snapshot) -> Mapping[ObligationKey, tuple[str, ...]]:
    """Returns by obligation sentences that ask the unit for what keeps the current submission from counting.

    The form counts as reported all the same: it is not late, and the unit is not told that nothing came.
    """
    result: dict[ObligationKey, list[str]] = {}
    if not snapshot.notice.readings.words_report_zero:
        for key in _nil_in_words(snapshot):
            result.setdefault(key, []).append("零报告只写在邮件里:请补报表")
    current = [fact for facts in snapshot.current_versions.values() for fact in facts]
    for problem in snapshot.problems_with_code(current, "other-period"):
        if problem.explained is None and names_last_semester(problem.value or "", snapshot.notice):
            sentence = f"标题写的是“{problem.value}”:请确认是本学期"
            result.setdefault(problem.key, []).append(sentence)
    of_periods = [fact for fact in current if fact.period is not None]
    for problem in snapshot.problems_with_code(of_periods, "period-unclear"):
        if problem.explained is None:
            sentence = f"写的是“{problem.value}”:请确认报的是哪一期"
            result.setdefault(problem.key, []).append(sentence)
    return {key: tuple(dict.fromkeys(asks)) for key, asks in result.items()}


def find_claimed_periods(snapshot: Snapshot) -> Counter[ObligationKey]:
    """Counts by obligation the unexplained problems ``period-unclear`` by which another period's table may belong to it.

    The unit is not told that nothing came for such a period until the question is answered.
    """
    claimed: Counter[ObligationKey] = Counter()
    of_periods = [fact for fact in snapshot.submissions if fact.period is not None]
    for problem in snapshot.problems_with_code(of_periods, "period-unclear"):
        for period in snapshot.periods(problem.form):
            if problem.explained is None and period.words == problem.value:
                claimed[ObligationKey(problem.unit, problem.form, period.key)] += 1
    return claimed


def _nil_in_words(snapshot: Snapshot) -> list[ObligationKey]:
    """Returns the obligations whose current version is a zero report in a mail's words, without a file."""
    nil = {
        facts[-1].file_id: key for key, facts in snapshot.current_versions.items() if facts and facts[-1].nil
    }
    paths = snapshot.file_paths(nil.keys())
    return [key for file_id, key in nil.items() if not paths.get(file_id)]


def names_last_semester(text: str, notice: Notice) -> bool:
    """Returns whether a title (2023年秋, 2023-2024学年第一学期) names the semester right before the notice's."""
    match = _SEMESTER.search(text)
    if match is None:
        return False
    year, half = int(match[1]), match[2]
    named = {"秋": (year, 2), "下": (year, 2), "第一学期": (year, 2), "第二学期": (year + 1, 1)}.get(
        half, (year, 1)
    )
    is_autumn = notice.opened.month >= _AUTUMN
    return named == ((notice.opened.year, 1) if is_autumn else (notice.opened.year - 1, 2))

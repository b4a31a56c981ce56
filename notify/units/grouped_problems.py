"""Problems of one kind grouped into one line for the clerk (``docs/judging.md``, Problems told to a clerk), and counts of fixed and new ones."""

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass

from config.text.masking import mask_quoted
from store.stored_values import StoredProblem

MOST_RECEIPT_LINES = 10
"""The most lines in one receipt; further groups are counted."""
_MOST_NAMES = 3
ShowProblem = Callable[[StoredProblem], str]
"""Returns words on a problem for its unit: the child, or the content of the cell; empty if there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemGroup:
    """Problems of one kind in one column: their number, and the first and last cell."""

    code: str
    is_error: bool
    count: int
    first: str
    last: str
    message: str
    varies: bool = False
    """Whether the rows have different messages; ``message`` is the first row's."""
    new: bool | None = None
    """Whether the version before did not have it; None for a first version."""
    names: tuple[str, ...] = ()
    """The names of the children of these rows."""
    found: str = ""
    """The content of the first cell, if the message does not quote it."""

    @property
    def sentence(self) -> str:
        """The place, the row's child, the content of the cell, and what to do."""
        version_mark = "" if self.new is None else "【新出现】" if self.new else "【仍未改】"
        if self.count == 1:
            whose = f"{self.first}{self._whose}"
            return f"{version_mark}{whose}:{self._message}" if whose else version_mark + self._message
        place_words = f"{self.first}至{self.last}," if self.first else ""
        whose = f"({self._whose})" if self._whose else ""
        return f"{version_mark}{place_words}共{self.count}处{whose}:{self._message}"

    @property
    def _whose(self) -> str:
        more = f"等{len(self.names)}人" if len(self.names) > _MOST_NAMES else ""
        return "、".join(self.names[:_MOST_NAMES]) + more

    @property
    def _message(self) -> str:
        """The message, with the content of the cell between what is wrong and what to do."""
        message = self.message + ("(各处填法不同,见附件)" if self.varies else "")
        if not self.found:
            return message
        what, colon, remedy = message.partition(":")
        return f"{what}({'填的是' if self.count == 1 else '如填的'}“{self.found}”){colon}{remedy}"


def group_problems(
    problems: Iterable[StoredProblem],
    is_new: Callable[[StoredProblem], bool | None] = lambda _: None,
    *,
    whose: ShowProblem = lambda _: "",
    found: ShowProblem = lambda _: "",
    message: ShowProblem = lambda problem: mask_quoted(problem.message),
) -> tuple[ProblemGroup, ...]:
    """Returns problems in groups, errors first, then the most frequent; equal problems in several rows are one group.

    Args:
        is_new: returns whether a problem is new since the version before; None if there was none.
        whose: returns the child of a problem's row, as its unit may read it.
        found: returns the content of a problem's cell.
        message: returns the sentence of a problem.
    """
    groups: dict[Hashable, list[StoredProblem]] = {}
    for problem in problems:
        key = (problem.sheet, problem.code, problem.field, problem.severity, is_new(problem))
        groups.setdefault(key, []).append(problem)
    problem_groups = [
        _build_group(sorted(members, key=lambda p: p.row or 0), is_new(members[0]), whose, found, message)
        for members in groups.values()
    ]
    return tuple(
        sorted(
            problem_groups, key=lambda one: (not one.is_error, -one.count, one.first, one.code, bool(one.new))
        )
    )


def _build_group(
    members: Sequence[StoredProblem],
    new: bool | None,
    whose: ShowProblem,
    found: ShowProblem,
    message: ShowProblem,
) -> ProblemGroup:
    first, last = members[0], members[-1]
    value, sentence = found(first), message(first)
    return ProblemGroup(
        code=first.code,
        is_error=first.severity == "error",
        count=len(members),
        first=_first_place(first),
        last=f"第{last.row}行" if last.row else "",
        message=sentence,
        varies=any(each.message != first.message for each in members),
        new=new,
        names=tuple(dict.fromkeys(filter(None, map(whose, members)))),
        found="" if value in sentence else value,
    )


def _first_place(problem: StoredProblem) -> str:
    if problem.row is None:
        return ""
    sheet = f"“{problem.sheet}”" if problem.sheet and problem.sheet != "Sheet1" else ""
    return f"{sheet}第{problem.row}行" + (f"({problem.cell})" if problem.cell else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemChanges:
    """Counts of problems fixed, remaining and new in a new version."""

    fixed: int
    remaining: int
    new: int


def count_problem_changes(before: Collection[Hashable], now: Collection[Hashable]) -> ProblemChanges:
    """Compares the problems before a version and with it, by keys as :mod:`ledger.submissions.problem_comparison` makes them."""
    earlier, later = set(before), set(now)
    return ProblemChanges(
        fixed=len(earlier - later), remaining=len(earlier & later), new=len(later - earlier)
    )

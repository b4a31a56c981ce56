"""Problems of one kind grouped into one line for the clerk (judgement 4, M9), and counts of fixed and new ones (M10)."""

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass

from config.text.masking import mask_text
from store.stored_values import StoredProblem

MOST_RECEIPT_LINES = 10
"""Lines in one receipt; further groups are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemGroup:
    """Problems of one kind in one column: how many, and the first and last place."""

    code: str
    is_error: bool
    count: int
    first: str
    last: str
    message: str
    varies: bool = False
    """Whether the rows have different messages; ``message`` is the first row's."""
    new: bool | None = None
    """Whether an earlier version did not have it yet; None for a first version."""

    @property
    def sentence(self) -> str:
        """The place and what to do."""
        message = self.message + ("(各处填法不同,见附件)" if self.varies else "")
        version_mark = "" if self.new is None else "【新出现】" if self.new else "【仍未改】"
        if self.count == 1:
            return f"{version_mark}{self.first}:{message}" if self.first else version_mark + message
        place_words = f"{self.first}至{self.last}," if self.first else ""
        return f"{version_mark}{place_words}共{self.count}处:{message}"


def group_problems(
    problems: Iterable[StoredProblem], is_new: Callable[[StoredProblem], bool | None] = lambda _: None
) -> tuple[ProblemGroup, ...]:
    """Errors first, then by how often; rows of one fault are one line.

    Args:
        is_new: whether a fault was not there in the version before; None where there was none.
    """
    groups: dict[Hashable, list[StoredProblem]] = {}
    for problem in problems:
        key = (problem.sheet, problem.code, problem.field, problem.severity, is_new(problem))
        groups.setdefault(key, []).append(problem)
    problem_groups = [
        _build_group(sorted(members, key=lambda p: p.row or 0), is_new(members[0]))
        for members in groups.values()
    ]
    return tuple(
        sorted(
            problem_groups, key=lambda one: (not one.is_error, -one.count, one.first, one.code, bool(one.new))
        )
    )


def _build_group(members: Sequence[StoredProblem], new: bool | None) -> ProblemGroup:
    first, last = members[0], members[-1]
    return ProblemGroup(
        code=first.code,
        is_error=first.severity == "error",
        count=len(members),
        first=_first_place(first),
        last=f"第{last.row}行" if last.row else "",
        message=mask_text(first.message),
        varies=any(each.message != first.message for each in members),
        new=new,
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

"""Problems as a clerk should read them: one cause, one line (judgement 4, M9), and what a new version changed (M10)."""

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass

from config.masking import mask_text
from store.stored_values import StoredProblem

MOST = 10
"""Lines in one receipt; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One kind of fault in one column: how often, and where from and to."""

    code: str
    error: bool
    count: int
    first: str
    last: str
    message: str
    varies: bool = False
    """Whether the rows say different things; ``message`` is the first one's."""
    new: bool | None = None
    """Whether an earlier version did not have it yet; None for a first version."""

    @property
    def sentence(self) -> str:
        """Where, and what to do."""
        said = self.message + ("(各处填法不同,见附件)" if self.varies else "")
        mark = "" if self.new is None else "【新出现】" if self.new else "【仍未改】"
        if self.count == 1:
            return f"{mark}{self.first}:{said}" if self.first else mark + said
        where = f"{self.first}至{self.last}," if self.first else ""
        return f"{mark}{where}共{self.count}处:{said}"


def causes(
    problems: Iterable[StoredProblem], is_new: Callable[[StoredProblem], bool | None] = lambda _: None
) -> tuple[Cause, ...]:
    """Errors first, then by how often; rows of one fault are one line.

    Args:
        is_new: whether a fault was not there in the version before; None where there was none.
    """
    groups: dict[Hashable, list[StoredProblem]] = {}
    for problem in problems:
        key = (problem.sheet, problem.code, problem.field, problem.severity, is_new(problem))
        groups.setdefault(key, []).append(problem)
    found = [_cause(sorted(own, key=lambda p: p.row or 0), is_new(own[0])) for own in groups.values()]
    return tuple(
        sorted(found, key=lambda one: (not one.error, -one.count, one.first, one.code, bool(one.new)))
    )


def _cause(own: Sequence[StoredProblem], new: bool | None) -> Cause:
    first, last = own[0], own[-1]
    return Cause(
        code=first.code,
        error=first.severity == "error",
        count=len(own),
        first=_where(first),
        last=f"第{last.row}行" if last.row else "",
        message=mask_text(first.message),
        varies=any(each.message != first.message for each in own),
        new=new,
    )


def _where(problem: StoredProblem) -> str:
    if problem.row is None:
        return ""
    sheet = f"{problem.sheet} " if problem.sheet and problem.sheet != "Sheet1" else ""
    return f"{sheet}第{problem.row}行" + (f"({problem.cell})" if problem.cell else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a new version mended, left, and brought."""

    mended: int
    still: int
    new: int


def progress(before: Collection[Hashable], now: Collection[Hashable]) -> Progress:
    """Compare what stood wrong before a version and with it, by keys as :mod:`ledger.submissions.problem_comparison` makes them."""
    then, after = set(before), set(now)
    return Progress(mended=len(then - after), still=len(then & after), new=len(after - then))

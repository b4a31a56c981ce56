"""Problems as a clerk should read them: one cause, one line (judgement 4, M9), and what a new version changed (M10)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from parsers.masking import mask_text
from store.facts import ProblemFact

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

    @property
    def sentence(self) -> str:
        """Where, and what to do."""
        if self.count == 1:
            return f"{self.first}:{self.message}" if self.first else self.message
        return f"{self.first}至{self.last},共{self.count}处:{self.message}"


def causes(problems: Iterable[ProblemFact]) -> tuple[Cause, ...]:
    """Errors first, then by how often; rows of one fault are one line."""
    groups: dict[tuple[str | None, str, str | None, str], list[ProblemFact]] = {}
    for problem in problems:
        key = (problem.sheet, problem.code, problem.field, problem.severity)
        groups.setdefault(key, []).append(problem)
    found = [_cause(sorted(own, key=lambda p: p.row or 0)) for own in groups.values()]
    return tuple(sorted(found, key=lambda one: (not one.error, -one.count, one.first, one.code)))


def _cause(own: Sequence[ProblemFact]) -> Cause:
    first, last = own[0], own[-1]
    return Cause(
        code=first.code,
        error=first.severity == "error",
        count=len(own),
        first=_where(first),
        last=f"第{last.row}行" if last.row else "",
        message=mask_text(first.message),
    )


def _where(problem: ProblemFact) -> str:
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


def progress(before: Iterable[ProblemFact], now: Iterable[ProblemFact]) -> Progress:
    """Compare two versions by student, column and kind of fault: a fault stays the same when its value changes."""
    then, after = {_identity(p) for p in before}, {_identity(p) for p in now}
    return Progress(mended=len(then - after), still=len(then & after), new=len(after - then))


def _identity(problem: ProblemFact) -> tuple[object, ...]:
    whose = problem.student if problem.student is not None else (problem.sheet, problem.row)
    return (whose, problem.field, problem.code)

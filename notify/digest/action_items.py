"""What the officer is asked to do today: ranked, at most fifteen, the rest counted (judgement 4, M14)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from notify.digest.case_lines import CaseLine
from notify.digest.file_lines import FileLine
from notify.digest.finding_lines import FindingLine, SuspectLine
from notify.digest.unit_lines import UnitLine

MOST = 15
_SHARES = {"calls": 5, "visits": 5, "near": 1, "suspected": 2, "decisions": 2}
"""How many each kind may ask where all have something to ask."""
_FIRST = ("visits", "calls", "decisions", "suspected", "near")
"""Who takes what the others leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One thing to do: whom it is about, what, and the words beside it."""

    who: str
    what: str
    tag: str = ""
    aside: str = ""
    phone: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSection:
    """One kind of thing to do, with how many there are in all and where the rest stands."""

    title: str
    total: int
    measure: str
    asks: tuple[Ask, ...]
    rest_in: str

    @property
    def rest(self) -> int:
        return self.total - len(self.asks)


def ask_sections(
    *,
    missing: Sequence[UnitLine],
    incomplete: Sequence[UnitLine],
    cases: Sequence[CaseLine],
    suspected: Sequence[SuspectLine],
    files: Sequence[FileLine],
    findings: Sequence[FindingLine],
    triggered: frozenset[str],
    today: date,
) -> tuple[AskSection, ...]:
    """The five kinds in reading order; those with nothing to ask are left out.

    Args:
        triggered: forms that are owed because a child is out of school (附件5/6): they are phoned for first.
    """
    lists = {
        "calls": [_call(line, triggered) for line in _ranked(missing, triggered)],
        "visits": [_visit(case) for case in cases if _is_due(case, today)],
        "near": [_near(line) for line in sorted(incomplete, key=lambda line: (line.items, line.unit))],
        "suspected": [_suspect(line) for line in suspected],
        "decisions": [
            *(_file(file) for file in files),
            *(_finding(f) for f in findings if f.code == "maybe-same"),
        ],
    }
    quota = _quota({key: len(asks) for key, asks in lists.items()})
    words = {
        "calls": ("今天要打电话的单位", "家", "下文“未报”"),
        "visits": ("今天要走访的儿童", "名", "下文“未返校个案”"),
        "near": ("只差一步的单位", "家", "下文“需补正”"),
        "suspected": ("疑似:上次在册、这次谁都没报", "名", "附表“疑似”"),
        "decisions": ("需要您判断", "件", "下文和附表“待处理文件”"),
    }
    found = []
    for key, (title, measure, rest_in) in words.items():
        if lists[key]:
            total = len(lists[key])
            shown = tuple(lists[key][: quota[key]])
            found.append(
                AskSection(
                    title=f"{title} {total}{measure}",
                    total=total,
                    measure=measure,
                    asks=shown,
                    rest_in=rest_in,
                )
            )
    return tuple(found)


def _quota(totals: Mapping[str, int]) -> dict[str, int]:
    given = {key: min(total, _SHARES[key]) for key, total in totals.items()}
    for key in _FIRST:
        given[key] += min(totals[key] - given[key], MOST - sum(given.values()))
    return given


def _ranked(missing: Sequence[UnitLine], triggered: frozenset[str]) -> list[UnitLine]:
    return sorted(
        missing,
        key=lambda line: (not triggered.intersection(line.keys), -line.items, -line.days_late, line.unit),
    )


def _call(line: UnitLine, triggered: frozenset[str]) -> Ask:
    return Ask(
        who=line.unit,
        what=f"缺{line.forms}",
        tag=f"迟{line.days_late}天" if line.days_late else "",
        aside="有失学、辍学学生,未报劝返" if triggered.intersection(line.keys) else line.contact,
        phone=line.phone,
    )


def _is_due(case: CaseLine, today: date) -> bool:
    return case.next_visit_due is not None and case.next_visit_due <= today


def _visit(case: CaseLine) -> Ask:
    whose = " ".join(part for part in (case.shown_name, case.grade, case.status) if part)
    return Ask(
        who=whose,
        what=case.next_step,
        tag=f"逾期{case.days_overdue}天" if case.days_overdue else "今天到期",
        aside=f"责任:{case.unit}" + (f" · {case.household}" if case.priority else ""),
    )


def _near(line: UnitLine) -> Ask:
    return Ask(who=line.unit, what=line.forms, phone=line.phone)


def _suspect(line: SuspectLine) -> Ask:
    return Ask(who=line.shown_name, what=f"请问{line.unit}去向", aside=f"最后见于{line.last_seen}")


def _file(file: FileLine) -> Ask:
    return Ask(who=file.name, what=file.reason, aside=file.sender, command=file.command)


def _finding(finding: FindingLine) -> Ask:
    return Ask(who=f"{finding.shown_name}({finding.units})", what=finding.message)

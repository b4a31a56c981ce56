"""The day's action items (今日待办) of the digest: ranked, at most fifteen shown, the others counted (judgement 4, M14)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from notify.digest.lines.case_lines import CaseLine
from notify.digest.lines.file_lines import FileLine
from notify.digest.lines.finding_lines import FindingLine
from notify.digest.lines.question_lines import QuestionLine
from notify.digest.lines.suspected_lines import SuspectedLine
from notify.digest.lines.unconfirmed_lines import UnconfirmedLine
from notify.digest.lines.unit_lines import UnitLine

MOST_ACTION_ITEMS = 15
_QUOTAS = {"calls": 5, "visits": 5, "near": 1, "suspected": 2, "decisions": 2}
"""How many items of each kind are shown where every kind has enough."""
_QUOTA_PRIORITY = ("visits", "calls", "decisions", "suspected", "near")
"""Kinds in the order in which they take the room that others leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItem:
    """One thing to do: whom it is about, what, and the words beside it."""

    who: str
    what: str
    tag: str = ""
    note: str = ""
    phone: str = ""
    command: str = ""
    question: QuestionLine | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItemSection:
    """One kind of thing to do, with the total and the name of the full list."""

    title: str
    total: int
    measure_word: str
    action_items: tuple[ActionItem, ...]
    full_list: str

    @property
    def remaining(self) -> int:
        return self.total - len(self.action_items)


def build_action_item_sections(
    *,
    missing: Sequence[UnitLine],
    incomplete: Sequence[UnitLine],
    cases: Sequence[CaseLine],
    suspected: Sequence[SuspectedLine],
    files: Sequence[FileLine],
    unconfirmed: Sequence[UnconfirmedLine],
    findings: Sequence[FindingLine],
    triggered: frozenset[str],
    today: date,
) -> tuple[ActionItemSection, ...]:
    """Builds the five kinds in reading order; kinds without items are left out.

    Args:
        triggered: forms that are owed because a child is out of school (附件5/6): they are phoned for first.
    """
    items_by_kind = {
        "calls": [_call_item(line, triggered) for line in _rank_missing(missing, triggered)],
        "visits": [_visit_item(case) for case in cases if _is_visit_due(case, today)],
        "near": [
            _incomplete_item(line)
            for line in sorted(incomplete, key=lambda line: (line.obligation_count, line.unit))
        ],
        "suspected": [_suspected_item(line) for line in suspected],
        "decisions": [
            *(_unconfirmed_item(line) for line in unconfirmed),
            *(_file_item(file) for file in files),
            *(_finding_item(f) for f in findings if f.code == "maybe-same"),
        ],
    }
    quota = _share_out({key: len(action_items) for key, action_items in items_by_kind.items()})
    words = {
        "calls": ("今天要打电话的单位", "家", "下文“未报”"),
        "visits": ("今天要走访的儿童", "名", "下文“未返校个案”"),
        "near": ("只差一步的单位", "家", "下文“需补正”"),
        "suspected": ("疑似:上次在册、这次谁都没报", "名", "附表“疑似”"),
        "decisions": ("需要您判断", "件", "下文“未核实来源”和附表“待处理文件”"),
    }
    sections = []
    for key, (title, measure_word, full_list) in words.items():
        if items_by_kind[key]:
            total = len(items_by_kind[key])
            shown = tuple(items_by_kind[key][: quota[key]])
            sections.append(
                ActionItemSection(
                    title=f"{title} {total}{measure_word}",
                    total=total,
                    measure_word=measure_word,
                    action_items=shown,
                    full_list=full_list,
                )
            )
    return tuple(sections)


def _share_out(totals: Mapping[str, int]) -> dict[str, int]:
    quotas = {key: min(total, _QUOTAS[key]) for key, total in totals.items()}
    for key in _QUOTA_PRIORITY:
        quotas[key] += min(totals[key] - quotas[key], MOST_ACTION_ITEMS - sum(quotas.values()))
    return quotas


def _rank_missing(missing: Sequence[UnitLine], triggered: frozenset[str]) -> list[UnitLine]:
    return sorted(
        missing,
        key=lambda line: (
            not triggered.intersection(line.form_keys),
            -line.obligation_count,
            -line.days_late,
            line.unit,
        ),
    )


def _call_item(line: UnitLine, triggered: frozenset[str]) -> ActionItem:
    return ActionItem(
        who=line.unit,
        what=f"缺{line.forms}",
        tag=f"迟{line.days_late}天" if line.days_late else "",
        note="有应劝返的学生,未报劝返" if triggered.intersection(line.form_keys) else line.contact,
        phone=line.phone,
    )


def _is_visit_due(case: CaseLine, today: date) -> bool:
    return case.next_visit_due is not None and case.next_visit_due <= today


def _visit_item(case: CaseLine) -> ActionItem:
    child = " ".join(part for part in (case.shown_name, case.grade, case.status) if part)
    return ActionItem(
        who=child,
        what=case.next_step,
        tag=f"逾期{case.days_overdue}天" if case.days_overdue else "今天到期",
        note=f"责任:{case.unit}" + (f" · {case.household}" if case.priority else ""),
    )


def _incomplete_item(line: UnitLine) -> ActionItem:
    return ActionItem(who=line.unit, what=line.forms, phone=line.phone)


def _suspected_item(line: SuspectedLine) -> ActionItem:
    return ActionItem(
        who=line.shown_name,
        what=f"请问{line.unit}去向",
        note=f"最后见于{line.last_seen}",
        question=line.question,
    )


def _file_item(file: FileLine) -> ActionItem:
    return ActionItem(
        who=file.name, what=file.reason, note=file.sender, command=file.command, question=file.question
    )


def _unconfirmed_item(line: UnconfirmedLine) -> ActionItem:
    return ActionItem(
        who=f"{line.sender}\uff08{line.unit}\uff09",
        what=f"{line.what},来源未核实:{line.why}",
        note="" if line.question else "核实属实的请运行",
        question=line.question,
        phone=line.phone,
        command=line.command,
    )


def _finding_item(finding: FindingLine) -> ActionItem:
    return ActionItem(
        who=f"{finding.shown_name}\uff08{finding.units}\uff09",
        what=finding.message,
        question=finding.question,
    )

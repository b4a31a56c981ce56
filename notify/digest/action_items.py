"""Ranks the day's action items (今日待办): at most fifteen are shown, the others counted (``docs/judging.md``, What is asked first)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from notify.digest.lines.children.case_lines import CaseLine
from notify.digest.lines.children.suspected_lines import SuspectedLine
from notify.digest.lines.file_lines import FileLine
from notify.digest.lines.finding_lines import FindingLine
from notify.digest.lines.question_lines import QuestionLine
from notify.digest.lines.unconfirmed_lines import UnconfirmedLine
from notify.digest.lines.units.unit_lines import UnitLine

MOST_ACTION_ITEMS = 15


class ActionKind(StrEnum):
    """The kinds of work for a morning, in reading order."""

    CALLS = "calls"
    VISITS = "visits"
    NEAR = "near"
    SUSPECTED = "suspected"
    DECISIONS = "decisions"


_QUOTAS = {
    ActionKind.CALLS: 5,
    ActionKind.VISITS: 5,
    ActionKind.NEAR: 1,
    ActionKind.SUSPECTED: 2,
    ActionKind.DECISIONS: 2,
}
"""How many items of each kind are shown where every kind has enough."""
_QUOTA_PRIORITY = (
    ActionKind.VISITS,
    ActionKind.CALLS,
    ActionKind.DECISIONS,
    ActionKind.SUSPECTED,
    ActionKind.NEAR,
)
"""Kinds in the order in which they take the room that others leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItem:
    """One thing to do: its child or unit, the task, and the words beside it."""

    key: str
    """The key of its child or unit; the lists below leave out what an item shows."""
    who: str
    what: str
    tag: str = ""
    note: str = ""
    source: str = ""
    """The sender and the subject, as written."""
    phone: str = ""
    question: QuestionLine | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionItemSection:
    """One kind of action items, with their total and the list that has all of them."""

    kind: ActionKind
    title: str
    total: int
    measure_word: str
    action_items: tuple[ActionItem, ...]
    full_list: str
    """The name of the list that has all of them."""

    @property
    def remaining(self) -> int:
        """The number of those that are only on the full list."""
        return self.total - len(self.action_items)


_WORDS = {
    ActionKind.CALLS: ("今天要打电话的单位", "家", "下文“未报”"),
    ActionKind.VISITS: ("今天要走访的儿童", "名", "下文“未返校个案”"),
    ActionKind.NEAR: ("只差一步的单位", "家", "下文“已报、需补正”"),
    ActionKind.SUSPECTED: ("疑似:上次在册、这次谁都没报", "名", "附表“疑似”"),
    ActionKind.DECISIONS: ("需要您判断", "件", "下文“需要您判断”"),
}
"""By kind: the title, the measure word, and the name of the full list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLines:
    """The lines of a digest that may become action items."""

    missing: Sequence[UnitLine]
    incomplete: Sequence[UnitLine]
    cases: Sequence[CaseLine]
    suspected: Sequence[SuspectedLine]
    files: Sequence[FileLine]
    unconfirmed: Sequence[UnconfirmedLine]
    findings: Sequence[FindingLine]


def build_action_item_sections(
    waiting: WaitingLines, triggered: frozenset[str], today: date
) -> tuple[ActionItemSection, ...]:
    """Builds the five kinds in reading order; kinds without items are left out.

    Args:
        triggered: forms that are owed because a child is out of school (附件5/6): they are phoned for first.
    """
    items_by_kind = _find_items(waiting, triggered, today)
    quota = _share_out({key: len(action_items) for key, action_items in items_by_kind.items()})
    return tuple(
        ActionItemSection(
            kind=key,
            title=f"{title} {len(items_by_kind[key])}{measure_word}",
            total=len(items_by_kind[key]),
            measure_word=measure_word,
            action_items=tuple(items_by_kind[key][: quota[key]]),
            full_list=full_list,
        )
        for key, (title, measure_word, full_list) in _WORDS.items()
        if items_by_kind[key]
    )


def _find_items(
    waiting: WaitingLines, triggered: frozenset[str], today: date
) -> dict[ActionKind, list[ActionItem]]:
    return {
        ActionKind.CALLS: [_call_item(line, triggered) for line in _rank_missing(waiting.missing, triggered)],
        ActionKind.VISITS: [_visit_item(case) for case in waiting.cases if _is_visit_due(case, today)],
        ActionKind.NEAR: [
            _incomplete_item(line)
            for line in sorted(waiting.incomplete, key=lambda line: line.obligation_count)
        ],
        ActionKind.SUSPECTED: [_suspected_item(line) for line in waiting.suspected],
        ActionKind.DECISIONS: [
            *(_unconfirmed_item(line) for line in waiting.unconfirmed),
            *(_file_item(file) for file in waiting.files),
            *(_finding_item(f) for f in waiting.findings if f.code == "maybe-same"),
        ],
    }


def _share_out(totals: Mapping[ActionKind, int]) -> dict[ActionKind, int]:
    quotas = {key: min(total, _QUOTAS[key]) for key, total in totals.items()}
    for key in _QUOTA_PRIORITY:
        quotas[key] += min(totals[key] - quotas[key], MOST_ACTION_ITEMS - sum(quotas.values()))
    return quotas


def _rank_missing(missing: Sequence[UnitLine], triggered: frozenset[str]) -> list[UnitLine]:
    """Returns the lines by severity; lines of equal severity keep their order, which is by area."""
    return sorted(
        missing,
        key=lambda line: (
            not triggered.intersection(line.form_keys),
            -line.obligation_count,
            -line.days_late,
        ),
    )


def _call_item(line: UnitLine, triggered: frozenset[str]) -> ActionItem:
    return ActionItem(
        key=line.unit,
        who=line.unit,
        what=f"缺{line.forms}",
        tag=f"迟{line.days_late}天" if line.days_late else "",
        note="有应劝返的学生,未报劝返" if triggered.intersection(line.form_keys) else line.contact,
        phone=line.phone,
    )


def _is_visit_due(case: CaseLine, today: date) -> bool:
    return case.next_visit_due is not None and case.next_visit_due <= today


def _visit_item(case: CaseLine) -> ActionItem:
    owner = " ".join(part for part in (case.unit, case.contact) if part)
    return ActionItem(
        key=case.case_id,
        who=case.who,
        what=case.next_step,
        tag=f"逾期{case.days_overdue}天" if case.days_overdue else "今天到期",
        note=owner + (f" · {case.household}" if case.priority else ""),
        phone=case.phone,
    )


def _incomplete_item(line: UnitLine) -> ActionItem:
    return ActionItem(key=line.unit, who=line.unit, what=line.forms, phone=line.phone)


def _suspected_item(line: SuspectedLine) -> ActionItem:
    return ActionItem(
        key=line.case_id,
        who=line.shown_name,
        what=f"请问{line.unit}去向",
        note=f"最后见于{line.last_seen}",
        question=line.question,
    )


def _file_item(file: FileLine) -> ActionItem:
    return ActionItem(
        key=file.file_id, who=file.name, what=file.what, source=file.source, question=file.question
    )


def _unconfirmed_item(line: UnconfirmedLine) -> ActionItem:
    return ActionItem(
        key=line.key,
        who=f"{line.sender}\uff08{line.unit}\uff09",
        what=f"{line.what},来源未核实:{line.why}",
        question=line.question,
        phone=line.phone,
    )


def _finding_item(finding: FindingLine) -> ActionItem:
    return ActionItem(
        key=finding.finding_id,
        who=f"{finding.shown_name}\uff08{finding.units}\uff09",
        what=finding.message,
        question=finding.question,
    )

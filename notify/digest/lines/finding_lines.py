"""Cross-check findings as lines: the child, the units, and the contradiction between their submissions."""

from collections.abc import Iterable
from dataclasses import dataclass

from config.text.masking import mask_id, mask_text
from ledger.results import Finding
from notify.name_masking import TextFilter

FINDING_TITLES = {
    "enrolled-twice": "两处在读", "in-and-out": "县内外都在读", "out-but-enrolled": "报辍学又在读", "gone-silent": "无故消失",
    "same-id-other-name": "同号不同名", "maybe-same": "可能是同一人", "excused-too-long": "休学到期未返", "relapse": "返校后又辍学",
    "persuasion-form-missing": "缺劝返表", "visits-disagree": "劝返次数不符", "visit-gap": "劝返间隔过长", "visits-alike": "劝返记录雷同",
    "two-statuses": "类别不一", "remark-says-otherwise": "零报告与备注不符", "enrolled-too-young-stage": "适龄仍在园",
    "priority-household": "重点家庭学生失辍学", "not-placed": "重度残疾未安置", "owner-unclear": "责任单位不明",
}  # fmt: skip
_URGENT_CODES = ("priority-household", "out-but-enrolled", "gone-silent", "in-and-out", "enrolled-twice")


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """One question to one or two units."""

    finding_id: str
    code: str
    title: str
    urgent: bool
    name: str
    shown_name: str
    masked_id: str
    units: str
    message: str
    severity: str


def build_finding_lines(
    findings: Iterable[Finding], show_name: TextFilter, mask_names: TextFilter
) -> tuple[FindingLine, ...]:
    """The urgent kinds first, then errors, then by kind; ``mask_names`` hides names in messages."""
    lines = [
        FindingLine(
            finding_id=each.finding_id,
            code=each.code,
            title=FINDING_TITLES[each.code],
            urgent=each.code in _URGENT_CODES,
            name=each.name,
            shown_name=show_name(each.name),
            masked_id=mask_id(each.id_number or ""),
            units="、".join(each.units),
            message=mask_names(mask_text(each.message)),
            severity=each.severity,
        )
        for each in findings
    ]
    order = {code: rank for rank, code in enumerate((*_URGENT_CODES, *FINDING_TITLES))}
    return tuple(
        sorted(lines, key=lambda one: (not one.urgent, one.severity != "error", order[one.code], one.units))
    )

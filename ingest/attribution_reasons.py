"""Makes the Chinese sentences that say why no unit was chosen, and what to do."""

from collections.abc import Sequence

from ingest.unit_signals import SignalCollector
from parsers.records import ParsedForm

_SOURCE_NAMES = {
    "properties": "文件属性",
    "declared": "填报单位",
    "title": "标题",
    "rows": "各行的单位列",
    "sheet": "工作表名",
    "file": "文件名",
    "subject": "邮件主题",
    "body": "邮件正文",
    "sender": "发件人地址",
    "sender_name": "发件人名称",
}


def conflict_reason(collector: SignalCollector, claimed: Sequence[str]) -> str:
    """Returns the sentence for signals that point to several units."""
    claim_texts = []
    for name in claimed[:3]:
        where = "、".join(_SOURCE_NAMES[source] for source in collector.sources(name))
        claim_texts.append(f"{where}指向“{name}”")
    return f"单位对不上:{';'.join(claim_texts)}。请核实后归入"


def unknown_reason(collector: SignalCollector, form: str | None, reading: ParsedForm | None) -> str:
    """Returns the sentence for signals that point to no unit clearly."""
    remedy = "请归入所属的单位"
    if collector.sender_kinds is not None and collector.units_of_other_kind:
        name, source = next(iter(collector.units_of_other_kind.items()))
        return f"{form}应由{'或'.join(collector.sender_kinds.values())}报送,而{_SOURCE_NAMES[source]}写的是“{name}”:请核实是谁的表,{remedy}"
    declared = (reading.stated_unit or "").strip() if reading else ""
    if declared and collector.names.resolve(declared) is None:
        return f"填报单位写的是“{declared[:30]}”,名册里没有这个单位:请在名册 aliases 中补上这个写法,或{remedy[1:]}"
    if collector.signals:
        seen = "、".join(dict.fromkeys(signal.value for signal in collector.signals))
        return f"只有零星线索(可能是{seen[:60]}),不足以认定报送单位:{remedy}"
    where = "标题、填报单位、文件名、邮件主题和发件人" if reading else "文件名、邮件主题、正文和发件人"
    return f"看不出是哪个单位报的({where}里都没有名册上的单位):{remedy}"

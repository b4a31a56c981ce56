"""Shows received files, with what became of each and where it came from."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from config.text.output_mask import OutputMask
from kongchuo.output.layout.table_layout import Column
from kongchuo.output.tables.row_tables import with_period
from kongchuo.output.terminal_tables import format_minute, print_line, print_table
from ledger.senders import Senders, Standing
from store.drafts import ArrivalBasis
from store.stored_values import Disposition, StoredFile

DISPOSITION_WORDS = {
    Disposition.RECORDED: "已登记",
    Disposition.PROOF: "证明材料",
    Disposition.DUPLICATE: "重复",
    Disposition.IGNORED: "忽略",
    Disposition.QUARANTINED: "待人工处理",
}
ARRIVAL_BASIS_WORDS = {
    ArrivalBasis.SERVER: "",
    ArrivalBasis.RECEIVED: " 按最近一站",
    ArrivalBasis.NEIGHBOUR: " 按相邻邮件",
    ArrivalBasis.DATE: " 按发件人",
}
"""By basis of the arrival time, its words; none for the server's own time."""
_NEARLY_A_SECOND = timedelta(microseconds=999_999)
STANDING_WORDS = {
    Standing.KNOWN: "名册",
    Standing.LEARNED: "已确认",
    Standing.OTHER_UNIT: "其他单位的地址",
    Standing.UNKNOWN: "不明地址",
    Standing.FAILED: "冒名嫌疑",
}


def show_files(
    files: Sequence[StoredFile],
    zone: ZoneInfo,
    mask: OutputMask,
    senders: Senders,
    count: int | None = None,
    notes: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> None:
    """Prints the files with people's remarks; ``count`` is their total if only the last are shown."""
    left_out = (count or 0) - len(files)
    rows = [
        (
            file.file_id,
            format_minute(file.received_at, zone) + ARRIVAL_BASIS_WORDS[file.arrival_basis],
            file.sender,
            mask.text(" / ".join(file.path) or f"\uff08无附件\uff09{file.subject}") or "",
            DISPOSITION_WORDS[file.disposition],
            "、".join(f"{link.unit}{with_period(link.form, link.period)}" for link in file.links)
            or file.unit_hint
            or "",
            f"未核实来源\uff1a{STANDING_WORDS[senders.standing_of_file(file)]}"
            if senders.is_unconfirmed(file)
            else STANDING_WORDS[senders.standing_of_file(file)],
            mask.sentence(
                ";".join(
                    filter(None, (file.reason, *(f"备注:{said}" for said in notes.get(file.file_id, ()))))
                )
            )
            or "",
        )
        for file in files
    ]
    print_table(
        f"文件{count}份,列出最近收到的{len(files)}份" if left_out > 0 else f"文件{len(files)}份",
        [
            Column("文件编号"),
            Column("收到", 1),
            Column("发件人", is_sentence=True),
            Column("文件", is_sentence=True),
            Column("处理"),
            Column("单位附件", 2),
            Column("来源", 3),
            Column("原因", is_sentence=True),
        ],
        rows,
        "没有这样的文件",
    )
    if left_out > 0 and files:
        # Rounded up: a file twice is better than one on neither page.
        earliest = f"{(files[0].received_at + _NEARLY_A_SECOND).astimezone(zone):%Y-%m-%dT%H:%M:%S}"
        print_line(
            f"还有{left_out}份更早的没有列出:请加 --as-of {earliest} 往前看,或加 --limit 多列,--json 全列"
        )

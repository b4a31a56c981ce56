"""Forms that report nothing."""

from tests.builders.files.clerk_files import MIDDLE, SCHOOL, Row, register4, roll2
from tests.messes.mess import mess, one_workbook

_NIL_WORDINGS: tuple[Row, ...] = (
    ["无"],
    [1, "无"],
    ["零报告"],
    [None, "本校无失学、辍学、休学、延缓入学学生"],
    [1, "/", "/", "/"],
    [None, "经排查,无失学辍学学生"],
    [],
)

MESSES = (
    *(
        mess(
            f"nil-{number}",
            f"a zero report that says {'、'.join(str(s) for s in said if s) or 'nothing (title, unit, no rows)'}",
            one_workbook(register4(said)),
            submissions={(MIDDLE, "附件4"): ()},
            nil=((MIDDLE, "附件4"),),
        )
        for number, said in enumerate(_NIL_WORDINGS)
    ),
    mess(
        "empty-roll",
        "an empty 附件2: not a zero report; to be mended",
        one_workbook(roll2()),
        submissions={(SCHOOL, "附件2"): ()},
        codes=("empty-form",),
    ),
    mess(
        "unchanged",
        "无变化: what stands, stands",
        one_workbook(register4([None, "本月无变化"])),
        outcomes=("evidence",),
    ),
)

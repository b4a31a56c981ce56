"""The three counties of the golden files: who reports, what arrived when, and at which instant it is asked about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from kongchuo.demo.made_up_mails import MadeUpAttachment, MadeUpMail, MadeUpSender, forward, make_mail
from tests.golden.forms import (
    DEFERRED,
    DROPPED,
    NEVER,
    PNG,
    SUSPENDED,
    Child,
    csv,
    form,
    locked,
    packed,
    visit_grid,
    xlsx,
)

ZONE = ZoneInfo("Asia/Shanghai")
_COLUMNS = "name,kind,stage,township,aliases,emails,parent,zone,contact,phone"
_UNITS = (
    "西沱镇,township,,,,xituo@example.org,,西沱片区,谭老师,13900000001",
    "黄水镇,township,,,,huangshui@example.org,,黄水片区,马老师,13900000002",
    "沙子镇,township,,,,shazi@example.org,,黄水片区,向老师,13900000003",
    "临溪镇,township,,,,linxizhen@example.org,,西沱片区,,",
    "西沱镇小学,school,小学,西沱镇,西沱小学,xituoxx@example.org,,西沱片区,秦老师,13900000005",
    "西沱中学,school,初中,西沱镇,,xituozx@example.org,,西沱片区,冉老师,13900000006",
    "黄水中学,school,初中,黄水镇,,huangshuizx@example.org,,黄水片区,陈老师,13900000007",
    "临溪学校,school,九年一贯制,临溪镇,,linxi@example.org,,西沱片区,刘老师,13900000008",
    "西沱幼儿园,school,幼儿园,西沱镇,,youeryuan@example.org,,西沱片区,罗老师,13900000009",
    "石柱高级中学,school,高中,西沱镇,石柱高中,gaozhong@example.org,,西沱片区,何老师,13900000010",
    "青龙教学点,school,教学点,西沱镇,,,西沱镇小学,西沱片区,,",
)
ROSTER = "\n".join((_COLUMNS, *_UNITS)) + "\n"
_ADDRESS = {line.split(",")[0]: line.split(",")[5] for line in _UNITS}
_PRIMARY, _MIDDLE, _WATER, _NINE = "西沱镇小学", "西沱中学", "黄水中学", "临溪学校"
_GARTEN, _HIGH = "西沱幼儿园", "石柱高级中学"


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    """One story; ``mails`` makes them in order of arrival, when they are needed."""

    name: str
    as_of: str
    mails: Callable[[], tuple[MadeUpMail, ...]]


def _mail(
    when: str,
    unit: str,
    subject: str,
    files: dict[str, bytes],
    *,
    sender: str = "",
    body: str = "请查收。",
    extra: str = "",
) -> MadeUpMail:
    attachments = [MadeUpAttachment(name, data) for name, data in files.items()]
    return make_mail(
        Random(f"{when} {unit} {subject}"), sender=MadeUpSender(sender or _ADDRESS[unit], unit), subject=subject,
        body=body, attachments=attachments, received_at=_instant(when), extra=extra,
    )  # fmt: skip


def _instant(when: str) -> datetime:
    return datetime.fromisoformat(f"2023-09-{when}:00").replace(tzinfo=ZONE)


def _slipped(number: str) -> str:
    """The number with another check character."""
    return number[:17] + ("1" if number[17] != "1" else "2")


# Children of the busy county, named for what happens to them.
_OUT = Child("冉甲", "20100304", 101)
_OUT_POOR = Child("谭乙", "20090811", 102)
_BACK = Child("马丙", "20101120", 103)
_SICK = Child("向丁", "20110102", 104)
_SICK_WITHOUT_PROOF = Child("秦戊", "20100515", 105)
_TWICE = Child("陈己", "20100707", 106)
_BOTH_WORLDS = Child("刘庚", "20120909", 107)
_OUT_AND_IN = Child("罗辛", "20091001", 108, "黄水镇")
_TWO_NAMES = Child("何壬", "20100228", 109)
_SLIP = Child("崔癸", "20110606", 110)
_TWICE_TOO = Child("文己", "20100708", 126)
_RELAPSED = Child("孟丙", "20101121", 127)
_GONE = Child("白子", "20100816", 111)
_NEVER_BEGUN = Child("余丑", "20130417", 112)
_TWO_STATUSES = Child("江寅", "20100130", 113)
_OLD_ENOUGH = Child("袁卯", "20170310", 114)
_HOME_TAUGHT = Child("隆辰", "20121212", 115)
_DISABLED = Child("樊巳", "20110321", 116, "黄水镇")
_NO_HOME = Child("黎午", "20100909", 117, "某某镇")
_EXPIRED = Child("焦未", "20091109", 118, "黄水镇")
_PUPILS = tuple(
    Child(f"石{name}", f"201{year}0{month}1{month}", 120 + n)
    for n, (name, year, month) in enumerate(
        zip(
            "一二三四五六七八九十",
            (3, 3, 3, 2, 2, 2, 0, 0, 0, 0),
            (1, 2, 3, 4, 5, 6, 7, 8, 3, 4),
            strict=True,
        )
    )
)

_VISITS = [
    [1, "2023.9.8", "家中", "乙老师", "家访,监护人外出,孩子不愿返校", "未返校"],
    [2, "2023.9.13", "家中", "乙老师", "再次家访,讲义务教育法", "未返校"],
    [3, "2023.9.18", "电话", "乙老师", "电话联系监护人,答应商量", "未返校"],
]


def _middle_roll(*more: dict[str, object]) -> bytes:
    own = [*_PUPILS[6:10], _TWICE, _TWICE_TOO]
    rows = [child.enrolled(_MIDDLE, "七年级") for child in own]
    return xlsx(form("附件2", _MIDDLE, *rows, *more))


def _busy() -> tuple[MadeUpMail, ...]:
    primary = form(
        "附件2", _PRIMARY,
        *(child.enrolled(_PRIMARY, "五年级", 家庭类别="脱贫户") for child in _PUPILS[:2]),
        *(child.enrolled(_PRIMARY, "四年级", 就读方式="随班就读") for child in _PUPILS[2:4]),
        _HOME_TAUGHT.enrolled(_PRIMARY, "五年级", 就读方式="送教上门", 备注="重度残疾,送教上门"),
        _BOTH_WORLDS.enrolled(_PRIMARY, "五年级", 备注="在家,未读书"),
        _PUPILS[4].enrolled(_PRIMARY, "五年级", 身份证号=_PUPILS[4].number[:15]),
        _PUPILS[5].enrolled(_PRIMARY, "五年级", 联系电话="1380000"),
    )  # fmt: skip
    middle_register = form(
        "附件4", _MIDDLE,
        _OUT.out(DROPPED, _MIDDLE, "七年级", 劝返次数=3, 第一次劝返="2023.9.8家访,未返校", 第二次劝返="2023.9.13家访,未返校",
                 劝返结果="未返校"),
        _OUT_POOR.out(DROPPED, _MIDDLE, "八年级", 家庭类别="脱贫户", 发生时间="2023-09-10", 第一次劝返="2023.9.8家访,未返校",
                      第二次劝返="2023.9.20电话,未返校", 劝返结果="未返校"),
        _BACK.out(DROPPED, _MIDDLE, "七年级", 第一次劝返="2023.9.8家访,未返校", 第二次劝返="2023.9.13家访,已返校", 劝返结果="已返校"),
        _SICK.out(SUSPENDED, _MIDDLE, "七年级", 原因="因病", 截止时间="2024-07-01", 证明材料="休学证明"),
        _SICK_WITHOUT_PROOF.out(SUSPENDED, _MIDDLE, "八年级", 原因="因病", 证明材料="休学证明"),
        _TWO_STATUSES.out(DROPPED, _MIDDLE, "八年级"),
        _RELAPSED.out(DROPPED, _MIDDLE, "七年级", 劝返结果="已返校"),
    )  # fmt: skip
    water_roll = form(
        "附件2", _WATER,
        _TWICE.enrolled(_WATER, "七年级"),
        _TWICE_TOO.enrolled(_WATER, "七年级"),
        _OUT_POOR.enrolled(
            _WATER, "八年级", 身份证号=_slipped(_OUT_POOR.number), 监护人="某母", 联系电话="13900001111"
        ),
        _TWO_NAMES.enrolled(_WATER, "七年级"),
        _SLIP.enrolled(_WATER, "六年级", 身份证号=_slipped(_SLIP.number)),
        _OUT_AND_IN.enrolled(_WATER, "八年级"),
        Child("", "20100412", 131).enrolled(_WATER, "七年级", 监护人="某父"),
    )  # fmt: skip
    water_register = form(
        "附件4", _WATER,
        _DISABLED.out(DROPPED, _WATER, "七年级", 残疾类别="智力残疾一级", 发生时间="2023年9月6日"),
        _EXPIRED.out(SUSPENDED, _WATER, "八年级", 原因="因病", 截止时间="2023-09-01", 证明材料="休学证明"),
        Child("钟申", "20100101", 119, "黄水镇").out(DROPPED, _WATER, "七年级", 发生时间="2023-13-40", 原因=None),
    )  # fmt: skip
    town_roll = form(
        "附件1", "西沱镇",
        *(child.enrolled("东莞某小学", "五年级", 学校所在地="广东省东莞市") for child in (_BOTH_WORLDS, _SLIP)),
        _TWO_NAMES.enrolled("成都某中学", "七年级", 学校所在地="四川省成都市", 姓名="何壬壬"),
    )  # fmt: skip
    town_register = form(
        "附件3", "西沱镇",
        _NEVER_BEGUN.out(NEVER, "东莞某小学", "四年级", 原因="随父母外出"),
        _TWO_STATUSES.out(SUSPENDED, "东莞某中学", "八年级", 原因="因病"),
        _NO_HOME.out(DROPPED, "成都某中学", "七年级"),
        Child("钱酉", "20170102", 121).out(DEFERRED, "东莞某小学", "一年级", 原因="残疾", 证明材料="延缓入学证明"),
    )  # fmt: skip
    water_town_register = form("附件3", "黄水镇", _OUT_AND_IN.out(DROPPED, "成都某中学", "八年级"))
    relapsed = form(
        "附件4", _MIDDLE, _RELAPSED.out(DROPPED, _MIDDLE, "七年级", 发生时间="2023-09-25", 监护人=None)
    )
    corrected = form(
        "附件4", _WATER,
        _DISABLED.out(DROPPED, _WATER, "七年级", 残疾类别="智力残疾一级", 发生时间="2023年9月6日", 身份证号=_DISABLED.number[:16]),
        _EXPIRED.out(SUSPENDED, _WATER, "八年级", 原因="因病", 截止时间="2024-03-01", 证明材料="休学证明"),
        Child("钟申", "20100101", 119, "黄水镇").out(DROPPED, _WATER, "七年级", 发生时间="九月某日", 联系电话="138"),
    )  # fmt: skip
    nil = form("附件4", _NINE, nil="零报告")
    unknown = form("附件4", "某某学校", Child("纪亥", "20100606", 123).out(DROPPED, "某某学校", "七年级"))
    strange_roll = form(
        "附件1", "黄水镇", _OUT_POOR.enrolled("东莞某中学", "八年级", 学校所在地="广东省东莞市")
    )
    forged = form("附件4", _MIDDLE, _OUT.out(DROPPED, _MIDDLE, "七年级", 劝返结果="已返校"))
    infants = (_OLD_ENOUGH, Child("游戌", "20180505", 122))
    garten = form("附件2", _GARTEN, *(child.enrolled(_GARTEN, "大班", stage="学前") for child in infants))
    seniors = (Child("甘一", "20070910", 124), Child("甘二", "20071111", 125))
    high = form("附件2", _HIGH, *(child.enrolled(_HIGH, "高一") for child in seniors))
    mended = [
        [*row[:4], _PUPILS[4].number, *row[5:]] if row[1:2] == [_PUPILS[4].name] else row for row in primary
    ]
    first = _mail(
        "19T09:12", _MIDDLE, "西沱中学附件2、附件4",
        {"附件2.xlsx": _middle_roll(_GONE.enrolled(_MIDDLE, "八年级")), "附件4.xlsx": xlsx(middle_register),
         "向丁休学证明.png": PNG},
    )  # fmt: skip
    return (
        first,
        _mail(
            "20T10:30", _PRIMARY, "西沱小学控辍保学材料",
            {"西沱小学.zip": packed({"附件2/西沱小学附件2.xlsx": xlsx(primary), "附件4.csv": csv(form("附件4", _PRIMARY, nil="无"))})},
        ),
        _mail("20T11:00", "西沱镇", "附件1", {"西沱镇附件1.xlsx": xlsx(town_roll)}),
        _mail("20T11:02", "西沱镇", "附件3", {"新建工作表.xlsx": xlsx(town_register), "钱酉延缓入学证明.png": PNG + b"2"}),
        _mail("20T15:45", _MIDDLE, "再发一次", {"附件4.xlsx": xlsx(middle_register)}),
        _mail(
            "21T08:20", _MIDDLE, "劝返登记表",
            {"附件6.docx": visit_grid(_MIDDLE, _OUT, f"{_MIDDLE}七年级1班", _VISITS, title="西沱中学义务教育阶段辍学学生劝返登记表"),
             "冉甲劝返照片.png": PNG + b"3"},
        ),
        make_mail(
            Random("reply"), sender=MadeUpSender(_ADDRESS[_PRIMARY]), subject="自动回复:您好", body="我正在休假,稍后回复。", attachments=[],
            received_at=_instant("21T08:21"), extra="Auto-Submitted: auto-replied\r\n",
        ),
        _mail("21T16:40", _GARTEN, "西沱幼儿园附件2", {"附件2.xlsx": xlsx(garten)}),
        forward(
            Random("forwarded"),
            _mail("22T09:00", _WATER, "报送材料", {"附件2.xlsx": xlsx(water_roll), "附件4.xlsx": xlsx(water_register)}),
            sender=_ADDRESS[_WATER], received_at=_instant("22T09:05"),
        ),
        _mail("22T14:00", "黄水镇", "黄水镇附件3拍照", {"黄水镇附件3.png": PNG + b"4"}),
        _mail("23T10:10", _MIDDLE, "更正:西沱中学附件2,以此为准", {"附件2.xlsx": _middle_roll()}),
        _mail("24T12:00", "沙子镇", "沙子镇材料", {"沙子镇附件1.zip": locked("附件1.xlsx", b"x" * 900)}),
        _mail("25T17:00", _NINE, "临溪学校材料", {"坏的.xlsx": b"PK\x03\x04" + bytes(200), "临溪学校附件4.xlsx": xlsx(nil)}),
        _mail("26T10:00", "黄水镇", "迟报的附件3", {"黄水镇附件3.xlsx": xlsx(water_town_register)}),
        _mail("26T15:00", _NINE, "材料", {"台账.xlsx": xlsx(unknown)}, sender="stranger@example.net"),
        _mail("27T09:30", _PRIMARY, "更正:西沱小学附件2", {"西沱小学附件2(更正).xlsx": xlsx(mended)}),
        _mail("27T11:00", _WATER, "优惠办公用品", {}, sender="shop@example.net", body="全场八折,欢迎选购。"),
        _mail("27T14:00", _WATER, "更正:黄水中学附件4", {"附件4.csv": csv(corrected), "焦未休学证明.png": PNG + b"5"}),
        _mail("27T15:00", _MIDDLE, "补报附件4", {"西沱中学附件4补报.xlsx": xlsx(relapsed)}),
        _mail("27T15:10", "黄水镇", "黄水镇附件1", {"黄水镇附件1.xlsx": xlsx(strange_roll)}, sender="23000001@example.net"),
        _mail(
            "27T15:20", "沙子镇", "沙子镇附件3", {"沙子镇附件3.xlsx": xlsx(form("附件3", "沙子镇", nil="无失学、辍学学生"))},
            sender="23000002@example.net",
        ),
        _mail(
            "27T15:30", _MIDDLE, "西沱中学附件4更正", {"西沱中学附件4.xlsx": xlsx(forged)},
            extra="Authentication-Results: mx.qq.com; spf=fail smtp.mailfrom=x.example; dkim=none; dmarc=fail\r\n",
        ),
        _mail("27T16:20", _HIGH, "石柱高中附件2", {"石柱高中附件2.xlsx": xlsx(high)}),
    )  # fmt: skip


def _clean() -> tuple[MadeUpMail, ...]:
    """Every unit sends its roll and, where it owes one, a zero report, in time and without a fault."""
    made = []
    serial = 200
    for number, line in enumerate(_UNITS):
        unit, kind, stage, town = line.split(",")[:4]
        if stage == "教学点":
            continue
        grade, birth = {"初中": ("七年级", "2010"), "幼儿园": ("大班", "2018"), "高中": ("高一", "2007")}.get(
            stage, ("五年级", "2012")
        )
        pupils = [
            Child(f"石{word}", f"{birth}101{n}", serial + n, town or unit)
            for n, word in enumerate("一二三", 1)
        ]
        serial += 10
        outside = {"学校所在地": "广东省东莞市"} if kind == "township" else {}
        school = "东莞某小学" if outside else unit
        roll, register = ("附件1", "附件3") if outside else ("附件2", "附件4")
        rows = [
            child.enrolled(school, grade, stage="学前" * (stage == "幼儿园"), **outside) for child in pupils
        ]
        files = {f"{unit}{roll}.xlsx": xlsx(form(roll, unit, *rows))}
        if stage not in ("幼儿园", "高中"):
            files[f"{unit}{register}.xlsx"] = xlsx(
                form(register, unit, nil="无失学、辍学、休学、延缓入学学生")
            )
        made.append(
            _mail(
                f"2{number % 5}T1{number % 10}:30",
                unit,
                f"{unit}材料",
                files,
            )
        )
    return tuple(sorted(made, key=lambda one: one.received_at))


def _before_due() -> tuple[MadeUpMail, ...]:
    """Three days before the date due: two units have sent all, one a part, and a first child is out."""
    early = [one for one in _clean() if one.received_at < _instant("21T00:00")]
    register = form("附件4", _MIDDLE, _OUT.out(DROPPED, _MIDDLE, "七年级", 第一次劝返="2023.9.20家访,未返校"))
    return (*early, _mail("21T18:00", _MIDDLE, "西沱中学附件4", {"附件4.xlsx": xlsx(register)}))


COUNTIES = {
    county.name: county
    for county in (
        County(name="busy", as_of="2023-09-28T09:00", mails=_busy),
        County(name="clean", as_of="2023-09-26T09:00", mails=_clean),
        County(name="before-due", as_of="2023-09-22T09:00", mails=_before_due),
    )
}

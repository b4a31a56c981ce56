"""Mails that speak of material and bring none are asked about; a child in a mail is never nothing."""

from email import message_from_bytes
from email.policy import default

import pytest

from ingest.mail_words import VersionStatement, read_own_words
from tests.builders.files.clerk_files import (
    MIDDLE,
    dropout_row,
    mail,
    process_mail,
    pupil_row,
    register4,
    roll2,
    xlsx,
)
from tests.builders.values.form_tables import NOTICE, id_number

REGISTER = "西沱中学附件4.xlsx"
LINKS = (
    "https://f.wps.cn/w/abc",
    "https://www.kdocs.cn/l/abc",
    "https://share.weiyun.com/abc",
    "https://pan.baidu.com/s/1abc?pwd=8888",
    "https://docs.qq.com/sheet/DAbc",
    "https://www.aliyundrive.com/s/abc",
    "https://www.alipan.com/s/abc",
    "https://www.123pan.com/s/abc",
    "https://www.123684.com/s/abc",
    "https://wwa.lanzoui.com/abc",
    "https://wwb.lanzouw.com/abc",
    "https://pan.quark.cn/s/abc",
    "https://cloud.189.cn/t/abc",
    "https://caiyun.139.com/m/i?abc",
    "https://mail.163.com/large-attachment-download/index.html?p=abc",
    "https://wx.mail.qq.com/ftn/download?func=3",
    "https://qfile.qq.com/q/abc",
    "pan.baidu.com/s/1abc",
    "www.kdocs.cn/l/abc",
)


def outcome_of(subject: str, body: str) -> tuple[tuple[str, str | None], ...]:
    came = process_mail(mail(subject=subject, body=body))
    return tuple((outcome, code) for _, outcome, code in came.files)


@pytest.mark.parametrize("link", LINKS)
def test_a_link_to_any_drive_is_asked_about(link):
    assert outcome_of("西沱中学", f"见{link}") == (("quarantined", "linked-attachment"),)


@pytest.mark.parametrize("link", LINKS)
def test_a_link_beside_a_file_is_asked_about_too(link):
    came = process_mail(mail({REGISTER: xlsx(register4(dropout_row()))}, body=f"附件2太大:{link}"))

    assert [outcome for _, outcome, _ in came.files] == ["forms", "quarantined"]


@pytest.mark.parametrize(
    "body",
    [
        "我校五年级1班谭某某一直没来上学",
        "该生至今未到校",
        "学生在家,不愿上学",
        "材料稍后补发",
        "表格见下周",
        "名单已更新",
        "有两名孩子随父母外出务工",
        f"{id_number()}",
    ],
)
def test_words_of_a_child_or_of_material_are_asked_about(body):
    assert outcome_of("情况", body) == (("quarantined", "no-table"),)


@pytest.mark.parametrize(
    ("subject", "body"),
    [("收到", "好的,谢谢。"), ("优惠办公用品", "全场八折,欢迎选购。https://shop.example.com/a"), ("", "")],
)
def test_what_speaks_of_neither_is_ignored(subject, body):
    assert outcome_of(subject, body) == (("ignored", None),)


def test_a_logo_beside_the_words_hides_nothing():
    logo = b"\x89PNG\r\n\x1a\n" + bytes(40)
    made = mail(subject="情况", body="谭某某一直没来上学")
    message = message_from_bytes(made, policy=default)
    message.make_mixed()
    message.add_attachment(
        logo, maintype="image", subtype="png", cid="<logo>", disposition="inline", filename="logo.png"
    )

    came = process_mail(message.as_bytes())

    assert [(outcome, code) for _, outcome, code in came.files] == [
        ("ignored", None),
        ("quarantined", "no-table"),
    ]


NIL = "本校无失学、辍学、休学、延缓入学学生。"


@pytest.mark.parametrize(
    "body", [NIL, f"领导好!\n{NIL}\n特此报告\n西沱中学\n2023年9月20日", "实行零报告", f"经摸排,{NIL}"]
)
def test_a_zero_report_in_words_is_recorded(body):
    came = process_mail(mail(subject="西沱中学附件4零报告", body=body))

    assert came.nil == {(MIDDLE, "附件4")}


@pytest.mark.parametrize(
    "subject",
    [
        "西沱中学控辍保学材料",
        "西沱中学2023年秋季学期控辍保学",
        "西沱中学附件4失学、辍学、休学、延缓入学信息台账",
    ],
)
def test_the_name_of_the_work_or_of_the_form_is_no_child(subject):
    came = process_mail(mail(subject=subject, body=f"附件4零报告,{NIL}"))

    assert came.nil == {(MIDDLE, "附件4")}


@pytest.mark.parametrize("subject", ["西沱中学控辍保学对象谭某某", "西沱中学辍学情况"])
def test_a_subject_that_speaks_of_a_child_is(subject):
    assert outcome_of(subject, f"附件4零报告,{NIL}") == (("quarantined", "no-table"),)


@pytest.mark.parametrize("body", [f"附件2见附件。附件4零报告,{NIL}", "附件2见附件。我校附件4零报告。"])
def test_a_zero_report_in_words_beside_the_file_of_another_form_is_heard(body):
    came = process_mail(
        mail(
            {"附件2.xlsx": xlsx(roll2(pupil_row(school=MIDDLE), unit=MIDDLE))},
            subject="西沱中学附件2",
            body=body,
        )
    )

    assert came.nil == {(MIDDLE, "附件4")}
    assert [outcome for _, outcome, _ in came.files] == ["forms", "forms"]


@pytest.mark.parametrize(
    "body",
    [
        "附件2、附件4见附件,附件4零报告。",
        "附件4零报告,其中谭某某休学。",
        "请各校实行零报告,附件4均需报送。",
        "附件2见附件。附件4、附件6零报告。",
    ],
)
def test_a_form_that_came_or_a_doubt_beside_it_is_none(body):
    came = process_mail(mail({REGISTER: xlsx(register4(dropout_row()))}, subject="西沱中学", body=body))

    assert came.nil == set()
    assert came.submissions == {(MIDDLE, "附件4"): ("甲一",)}


@pytest.mark.parametrize(
    "body",
    [
        f"{NIL}另有学生谭某某在家。",
        f"{NIL}\n谭某某({id_number()})请核实",
        "零报告,五年级谭某某休学",
        "除谭某某外,其他零报告",
        "零报告。谭某某随父亲外出务工,电话联系不上",
        f"{NIL}\n七年级2班谭某某 9月4日起没来上学",
    ],
)
def test_a_mail_that_names_a_child_reports_no_nothing(body):
    assert outcome_of("西沱中学附件4零报告", body) == (("quarantined", "no-table"),)


@pytest.mark.parametrize(
    "body",
    [
        "本月无变化。",
        "领导好!经大走访、大排查,10月辖区内适龄学生入学情况没有变化,特此报告。\n西沱中学",
        f"本月无变化,{NIL}",
        "与上月相同",
        "10月无新增,无变动",
        "我校学生情况与上月一致",
    ],
)
def test_a_mail_that_nothing_has_changed_is_a_sign_of_its_unit(body):
    came = process_mail(mail(subject="西沱中学10月", body=body))

    assert [(outcome, code) for _, outcome, code in came.files] == [("evidence", None)]
    assert not came.nil


@pytest.mark.parametrize(
    "body",
    [
        "除谭某某外无变化",
        "无变化,另七年级谭某某在家",
        "本月是否无变化?请报送",
        "如无变化不再报送,有变化请报送",
        "本月无变化,谭某某仍未到校",
        "本月只有2名学生辍学,其他无变化",
    ],
)
def test_what_is_said_with_a_child_or_on_a_condition_is_asked_about(body):
    assert outcome_of("西沱中学10月", body) == (("quarantined", "no-table"),)


def test_what_is_quoted_is_nobody_s_report():
    body = f"收到\n\n发件人:西沱中学\n主题:附件4零报告\n\n{NIL}"

    assert not process_mail(mail(subject="回复:西沱中学附件4", body=body)).nil


@pytest.mark.parametrize(
    ("words", "statement"),
    [
        ("以此为准", VersionStatement.REPLACES),
        ("以本次报送的为准", VersionStatement.REPLACES),
        ("上一份作废", VersionStatement.REPLACES),
        ("昨天报的附件4作废", VersionStatement.REPLACES),
        ("更正:附件4", VersionStatement.REPLACES),
        ("请忽略上一封", VersionStatement.REPLACES),
        ("以前一份为准", VersionStatement.KEEPS_EARLIER),
        ("以上次报送的为准", VersionStatement.KEEPS_EARLIER),
        ("此件作废", VersionStatement.KEEPS_EARLIER),
        ("撤回", VersionStatement.WITHDRAWS),
        ("请把附件4作废", VersionStatement.WITHDRAWS),
        ("请查收", None),
    ],
)
def test_which_version_counts_is_read_from_the_words(words, statement):
    assert read_own_words(words, "", NOTICE).version_statement == statement
    assert read_own_words("报表", words, NOTICE).version_statement == statement


@pytest.mark.parametrize("words", ["撤回", "昨天报的附件4作废,核实后重报", "以前一份为准", "更正稍后发来"])
def test_a_word_on_versions_without_a_file_is_asked_about(words):
    assert outcome_of("附件4", words) == (("quarantined", "version-unclear"),)


def test_a_table_in_a_mail_that_keeps_to_the_earlier_version_is_asked_about_and_not_recorded():
    came = process_mail(mail({REGISTER: xlsx(register4(dropout_row()))}, body="以前一份为准"))

    assert (came.submissions, came.files[0][1:]) == ({}, ("quarantined", "version-unclear"))


@pytest.mark.parametrize("body", ["以此为准", "昨天报的作废,以附件为准", "更正身份证号"])
def test_a_table_in_a_mail_that_replaces_the_earlier_version_is_recorded(body):
    came = process_mail(mail({REGISTER: xlsx(register4(dropout_row()))}, body=body))

    assert came.outcomes == ("forms",)


def test_a_table_in_a_mail_that_withdraws_something_unnamed_is_recorded_and_asked_about():
    came = process_mail(mail({REGISTER: xlsx(register4(dropout_row()))}, subject="撤回"))

    assert [(outcome, code) for _, outcome, code in came.files] == [
        ("forms", None),
        ("quarantined", "version-unclear"),
    ]


@pytest.mark.parametrize(
    ("words", "replaces"),
    [
        ("以此为准", True),
        ("附件4更正,以本次为准", True),
        ("附件4以此为准", True),
        ("附件3、4以此为准", True),
        ("昨天报的作废,以附件为准", True),
        ("以更正后的附件为准", True),
        ("更正后全部名单见附件", True),
        ("请用附件替换上次的表", True),
        ("附件3以此为准。附件4是新报的", False),
        ("更正", False),
        ("更正第5行", False),
        ("谭某某的身份证号以此为准", False),
        ("请查收", False),
    ],
)
def test_a_table_replaces_the_earlier_version_where_its_mail_says_so_of_the_whole_list(words, replaces):
    came = process_mail(mail({REGISTER: xlsx(register4(dropout_row()))}, body=words))

    assert came.outcomes == ("forms",)
    assert [submission.replaces for submission in came.draft.files[0].submissions] == [replaces]


@pytest.mark.parametrize("words", ["是否以此为准", "以此为准吗?", "不以这份为准", "以此为准(待核实)"])
def test_a_mail_in_doubt_on_which_version_counts_is_recorded_and_asked_about(words):
    came = process_mail(mail({REGISTER: xlsx(register4(dropout_row()))}, body=words))

    assert [(outcome, code) for _, outcome, code in came.files] == [
        ("forms", None),
        ("quarantined", "version-unclear"),
    ]
    assert not came.draft.files[0].submissions[0].replaces


@pytest.mark.parametrize(
    ("body", "quoted"),
    [
        (f"{NIL}八年级的谭某某一直没来上学。谢谢", "八年级的谭**一直没来上学"),
        ("老师好,\n五年级谭某某休学", "五年级谭**休学"),
        ("我校五年级1班谭某某说“不读了”,没来上学", "我校五年级1班谭**说‘不读了’,没来上学"),
        ("谭某某没来上学" + ",已电话联系家长" * 12, ("谭**没来上学" + ",已电话联系家长" * 12)[:60] + "…"),
    ],
)
def test_what_a_mail_says_of_a_child_is_quoted_in_its_reason(body, quoted):
    came = process_mail(mail(subject="西沱中学附件4零报告", body=body))

    assert came.draft.files[0].reason == (
        f"邮件没有附件,正文说“{quoted}”:请核实有没有漏报的学生,并请对方补发表格"
    )


def test_a_mail_that_says_nothing_of_a_child_asks_for_its_table():
    came = process_mail(mail(subject="西沱中学", body="材料稍后补发"))

    assert "请查看正文" in came.draft.files[0].reason


@pytest.mark.parametrize(
    "body", ["http://t.cn/abc 密码8888", "链接: https://u.example.org/abc", "访问码:1234"]
)
def test_a_short_link_with_its_key_is_asked_about(body):
    assert outcome_of("西沱中学", body) == (("quarantined", "linked-attachment"),)


@pytest.mark.parametrize("body", ["请查收", "已发到工作群", "刚上传了,请审核"])
def test_a_mail_that_says_that_it_brings_something_and_brings_nothing_is_asked_about(body):
    assert outcome_of("西沱中学", body) == (("quarantined", "no-table"),)


@pytest.mark.parametrize("body", ["收到,谢谢", "好的", "新年快乐"])
def test_a_mail_that_says_nothing_of_material_is_ignored(body):
    assert outcome_of("西沱中学", body) == (("ignored", None),)


@pytest.mark.parametrize("body", ["密码是8866", "附件密码:Shizhu@2023", "解压密码 123456"])
def test_a_password_alone_in_a_mail_of_a_unit_is_asked_about_and_not_repeated(body):
    came = process_mail(mail(subject="西沱中学", body=body))

    assert [(outcome, code) for _, outcome, code in came.files] == [("quarantined", "encrypted")]
    assert came.draft.files[0].reason.startswith("邮件里只有密码")
    assert body[-4:] not in came.draft.files[0].reason


def test_a_child_beside_a_password_is_told_first():
    came = process_mail(mail(subject="西沱中学", body="密码是8866。八年级谭某某没来上学"))

    assert "谭**没来上学" in came.draft.files[0].reason


@pytest.mark.parametrize("body", ["您的密码已修改", "密码见微信"])
def test_words_on_a_password_that_tell_none_are_no_password(body):
    assert outcome_of("西沱中学", body) == (("ignored", None),)

"""The office asks by mail: figures, children, registers, reminders; each once, to whom may, and nothing to strangers."""

from io import BytesIO

import openpyxl
import pytest
from pyzipper.zipfile_aes import AESZipFile

from config.answers.answer_words import answer_table
from config.settings import Role
from tests.builders.answers.answering_office import (
    CODE,
    FAIL,
    LOOKER,
    NOTHING,
    OFFICER,
    RUNNER,
    SECOND,
    AnsweringOffice,
    a_reply,
    body_of,
    page_of,
    workbook_of,
)
from tests.builders.files.clerk_files import dropout_row
from tests.builders.values.form_tables import id_number

CHILD, NUMBER = "谭小明", id_number(serial=123)


@pytest.fixture
def office(answering_office: AnsweringOffice) -> AnsweringOffice:
    """An office with one question, and a register of one child who is out of school."""
    answering_office.put_question()
    answering_office.put_register(dropout_row(CHILD))
    answering_office.poll()
    return answering_office


@pytest.fixture
def reminding(answering_office: AnsweringOffice) -> AnsweringOffice:
    """An office on the day after its forms were due; nobody has sent any."""
    answering_office.give_current_notice()
    answering_office.configure("\n[units]\nreminders = true\n")
    answering_office.put_question()
    answering_office.poll()
    return answering_office


def test_figures_and_children_come_in_the_body_of_one_mail(office: AnsweringOffice) -> None:
    digest = office.digests()[LOOKER]
    office.put(a_reply(digest, f"您好\n进度\n进度 西沱镇\n未报\n个案 {CHILD}\n谢谢", sender=LOOKER))

    (told,) = office.poll()

    assert str(told["To"]) == LOOKER
    assert "您要的进度" in str(told["Subject"])
    for text in (body_of(told), page_of(told)):
        assert "西沱镇的进度" in text
        assert "西沱镇小学" in text
        assert "谭**" in text
        assert CHILD not in text
        assert NUMBER not in text
    assert [part.get_filename() for part in told.iter_attachments()] == []
    assert office.changed() == []
    assert office.poll() == []
    assert office.run("rerun", "--all") in (0, 1)
    assert office.poll() == []


def test_the_same_may_be_asked_again(office: AnsweringOffice) -> None:
    digest = office.digests()[OFFICER]
    for number in range(2):
        office.put(a_reply(digest, "进度", mail_id=f"<again{number}@example.org>"))
        (told,) = office.poll()
        assert "您要的进度" in str(told["Subject"])


@pytest.mark.parametrize("asked", ["进度", "简报"])
def test_no_more_is_given_in_a_day_than_a_person_reads(
    office: AnsweringOffice, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    monkeypatch.setattr("kongchuo.answering.carrying_out.MOST_GIVEN", 2)
    digest = office.digests()[OFFICER]
    given = []
    for number in range(4):
        office.put(a_reply(digest, asked, mail_id=f"<much{number}@example.org>"))
        given += office.poll()
    assert len(given) == 2

    office.put(a_reply(digest, f"{asked}\n1 不用处理", mail_id="<decides@example.org>"))
    assert len(office.poll()) == 1  # what decides is told in any case


def test_a_digest_asked_for_is_the_daily_one_and_can_be_answered(office: AnsweringOffice) -> None:
    office.put(a_reply(office.digests()[OFFICER], "简报"))

    (told,) = office.poll()

    code = CODE.findall(str(told["Subject"]))[0]
    assert code in page_of(told)
    assert "今天先办" in page_of(told) or "问1" in page_of(told)
    workbook = openpyxl.load_workbook(BytesIO(workbook_of(told)))
    assert code in str(workbook.properties.keywords)
    office.put(a_reply(told, "1 不用处理"))
    office.poll()
    assert [one[:2] for one in office.decisions()] == [("settle", 1)]


def test_registers_come_encrypted_or_not_at_all(
    office: AnsweringOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = office.digests()[OFFICER]
    office.put(a_reply(digest, "台账"))
    (told,) = office.poll()
    assert list(told.iter_attachments()) == []
    assert "没有发送" in body_of(told)
    assert CHILD not in str(told)
    monkeypatch.setenv("KONGCHUO_WORKBOOK_PASSWORD", "石柱2023")
    office.put(a_reply(digest, "台账", mail_id="<second@example.org>"))

    (told,) = office.poll()

    (attached,) = told.iter_attachments()
    content = attached.get_content()
    with AESZipFile(BytesIO(content)) as archive:
        with pytest.raises(RuntimeError):
            archive.read(archive.namelist()[0])
        archive.setpassword("石柱2023".encode())
        workbooks = {name: archive.read(name) for name in archive.namelist()}
    assert "辍学学生台账.xlsx" in workbooks
    cells = [
        str(cell.value)
        for data in workbooks.values()
        for sheet in openpyxl.load_workbook(BytesIO(data))
        for row in sheet
        for cell in row
    ]
    assert CHILD in cells
    assert not any(NUMBER in cell for cell in cells)
    assert CHILD not in body_of(told) + page_of(told)


def test_a_case_is_found_by_its_number_or_its_unit_and_never_by_a_part_of_a_name(
    office: AnsweringOffice,
) -> None:
    (case,) = office.asked("cases")
    digest = office.digests()[OFFICER]
    for number, who in enumerate((case["case_id"], "西沱镇")):
        office.put(a_reply(digest, f"个案 {who}", mail_id=f"<case{number}@example.org>"))
        (told,) = office.poll()
        assert "谭**" in body_of(told)
    office.put(a_reply(digest, "个案 谭小"))
    (told,) = office.poll()
    assert "没有这样的个案" in body_of(told)
    assert "谭**" not in body_of(told)


def test_reminders_are_shown_first_and_sent_once_at_a_word(reminding: AnsweringOffice) -> None:
    digest = reminding.digests()[OFFICER]
    reminding.put(a_reply(digest, "催报"))
    (preview,) = reminding.poll()
    assert "西沱镇小学" in body_of(preview)
    assert "同意发送" in body_of(preview)

    reminding.put(a_reply(preview, "同意发送", quoted=body_of(preview)))
    mails = reminding.poll()

    to = sorted(str(mail["To"]) for mail in mails)
    assert OFFICER in to
    assert any("school@example.org" in one for one in to)
    assert any("xituo@example.org" in one for one in to)
    reminding.put(a_reply(preview, "同意发送", mail_id="<more@example.org>"))
    (told,) = reminding.poll()
    assert "没有要发的" in body_of(told)
    reminding.put(a_reply(digest, "催报", mail_id="<again@example.org>"))
    (told,) = reminding.poll()
    assert "今天已催过" in body_of(told)
    assert reminding.run("remind", "--queue") == 0
    assert reminding.run("outbox") in (0, 1)
    assert reminding.new_mails() == []


def test_who_reported_since_the_preview_is_not_reminded(reminding: AnsweringOffice) -> None:
    reminding.put(a_reply(reminding.digests()[OFFICER], "催报"))
    (preview,) = reminding.poll()
    assert reminding.run("exempt", "--unit", "西沱镇小学", "--why", "撤并") == 0
    reminding.put(a_reply(preview, "同意发送"))

    to = [str(mail["To"]) for mail in reminding.poll()]

    assert not any("school@example.org" in one for one in to)
    assert any("xituo@example.org" in one for one in to)


@pytest.mark.parametrize("how", ["a digest is answered", "another preview", "not enabled"])
def test_without_a_preview_of_today_nothing_is_sent(reminding: AnsweringOffice, how: str) -> None:
    digests = reminding.digests()
    preview = digests[OFFICER]
    if how == "not enabled":
        text = reminding.config.read_text("utf-8").replace("reminders = true", "reminders = false")
        reminding.config.write_text(text, "utf-8")
    if how != "a digest is answered":
        asker = SECOND if how == "another preview" else OFFICER
        reminding.put(a_reply(digests[asker], "催报", sender=asker))
        (preview,) = reminding.poll()
    reminding.put(a_reply(preview, "同意发送"))

    mails = reminding.poll()

    assert {str(mail["To"]) for mail in mails} <= {OFFICER}


MAY = {
    "12 同意": "办管",
    "宽限 西沱镇 到12月31日 停电": "办管",
    "免报 西沱镇小学 附件6 无义务段": "办管",
    "收到纸质件 西沱镇 附件4": "办管",
    "改 西沱镇 附件3 第5行 类别 失学 户口簿": "办管",
    "密码 西沱镇 8866": "办管",
    "撤回 1": "办管",
    "简报": "看办管",
    "进度": "看办管",
    "未报": "看办管",
    "个案 谭小明": "看办管",
    "台账": "看办管",
    "催报": "办管",
    "同意发送": "办管",
    "重读 西沱镇": "管",
    "帮助": "看办管",
}


def test_every_command_has_its_row() -> None:
    firsts = {line.split(" ")[0] for line in MAY}

    assert all(firsts.intersection(command.words) for command in answer_table().commands)


@pytest.mark.parametrize("role", [Role.LOOKS, Role.DECIDES, Role.RUNS])
def test_who_may_what(office: AnsweringOffice, role: Role) -> None:
    person = {Role.LOOKS: LOOKER, Role.DECIDES: SECOND, Role.RUNS: RUNNER}[role]
    lines = [line.replace("12", "1") if line.startswith("12") else line for line in MAY]
    lines = [line for line in lines if line != "撤回 1"]
    digest = office.digests()[person]
    office.put(a_reply(digest, "\n".join(lines), sender=person))
    (told,) = office.poll()
    office.put(a_reply(digest, "撤回 1", sender=person))
    (told_of_withdrawing,) = office.poll()

    refused = {
        line
        for mail in (told, told_of_withdrawing)
        for line, next_line in zip(body_of(mail).splitlines(), body_of(mail).splitlines()[1:], strict=False)
        if "您的权限是" in line
        for line in [next_line]
    }
    for line, roles in MAY.items():
        written = line.replace("12", "1", 1) if line.startswith("12") else line
        written = answer_table().hide_password(written)
        assert any(f"“{written}”" in one for one in refused) == (role.value not in roles), line


def test_a_unit_is_read_again_at_the_word_of_who_runs_the_program(
    office: AnsweringOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.put(a_reply(office.digests()[RUNNER], "重读 西沱镇", sender=RUNNER))
    reread: list[tuple[str, ...]] = []
    monkeypatch.setattr(
        "kongchuo.answering.answering_mail._read_again", lambda office, ids: reread.append(ids)
    )

    (told,) = office.poll()

    assert "西沱镇" in body_of(told)
    assert [len(one) for one in reread] == [1]
    # As after a crash: what was not read now, the next poll reads.
    assert office.asked("status")["unread"] == 1
    office.poll()
    assert office.asked("status")["unread"] == 0


def test_answers_and_questions_in_one_mail(office: AnsweringOffice) -> None:
    office.put(a_reply(office.digests()[OFFICER], "1 不用处理\n进度\n密码 西沱镇 8866\n进度"))

    (told,) = office.poll()

    body = body_of(told)
    assert [one[:2] for one in office.decisions()] == [("settle", 1)]
    assert body.count("■ 总体进度") == 1
    assert "本邮件里的答复还没有算进去" in body
    assert "8866" not in body


def strangers() -> dict[str, str]:
    return {
        "a stranger": "refused",
        "a clerk": "refused",
        "a forged From": "refused",
        "a copied colleague": "refused",
        "a forged From that nobody vouches for": "waiting",
        "a fresh mail without a code": "waiting",
        "an answer inside a quoted text": "applied",
        "an auto-reply": "",
    }


@pytest.mark.parametrize("who", strangers())
@pytest.mark.parametrize("line", ["台账", f"个案 {CHILD}", "催报"])
def test_nothing_is_sent_to_strangers(
    office: AnsweringOffice, monkeypatch: pytest.MonkeyPatch, who: str, line: str
) -> None:
    monkeypatch.setenv("KONGCHUO_WORKBOOK_PASSWORD", "石柱2023")
    digest = office.digests()[OFFICER]
    raw = {
        "a stranger": lambda: a_reply(None, line, sender="thief@example.net"),
        "a clerk": lambda: a_reply(digest, line, sender="xituo@example.org"),
        "a forged From": lambda: a_reply(digest, line, authentication=FAIL),
        "a copied colleague": lambda: a_reply(digest, line, sender="colleague@example.org"),
        "a forged From that nobody vouches for": lambda: a_reply(
            digest, line, authentication=NOTHING, extra=[("Reply-To", "thief@example.net")]
        ),
        "a fresh mail without a code": lambda: a_reply(None, line),
        "an answer inside a quoted text": lambda: a_reply(digest, "收到", quoted=line),
        "an auto-reply": lambda: a_reply(digest, line, extra=[("Auto-Submitted", "auto-replied")]),
    }[who]()
    office.put(raw)

    told = office.poll()

    assert {str(mail["To"]) for mail in told} <= {OFFICER}
    for mail in told:
        assert "谭*" not in body_of(mail)
        assert CHILD not in body_of(mail).replace(line, "")
        assert list(mail.iter_attachments()) == []
    if strangers()[who] == "refused":
        assert told == []
    assert office.changed() == []


def test_no_mail_of_ours_asks_or_decides_when_it_is_echoed(office: AnsweringOffice) -> None:
    digest = office.digests()[OFFICER]
    office.put(a_reply(digest, "帮助"))
    office.put(a_reply(digest, f"进度\n未报\n个案 {CHILD}\n台账"))
    ours = office.poll()
    assert len(ours) == 2
    for number, mail in enumerate(ours):
        office.put(a_reply(mail, body_of(mail), mail_id=f"<echo{number}@example.org>"))
        office.put(a_reply(mail, "", html=page_of(mail), mail_id=f"<page{number}@example.org>"))

    echoes = office.poll()

    assert office.changed() == []
    assert all(list(mail.iter_attachments()) == [] for mail in echoes)
    assert [str(mail["Subject"]) for mail in echoes if "您要的" in str(mail["Subject"])] == []


def test_asking_at_the_terminal_names_the_commands(office: AnsweringOffice) -> None:
    assert office.run("answer", "进度") == 2
    assert "status" in office.capsys.readouterr().err


class _Crash(BaseException):
    pass


@pytest.mark.parametrize("point", range(5))
def test_a_crash_between_asking_and_telling_tells_once(
    office: AnsweringOffice, point: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.put(a_reply(office.digests()[RUNNER], "进度\n重读 西沱镇", sender=RUNNER))
    module, name = [
        ("kongchuo.answering.answering_mail", "judge_reply"),
        ("kongchuo.answering.letter_post", "compose_mail"),
        ("store.aggregates.question_store.answer_mails", "put_answered"),
        ("kongchuo.answering.answering_mail", "_read_again"),
        ("store.aggregates.transactions.Transactions", "journal_together"),
    ][point]
    with monkeypatch.context() as patch:

        def crash(*_: object, **__: object) -> None:
            raise _Crash

        patch.setattr(f"{module}.{name}", crash)
        with pytest.raises(_Crash):
            office.run("poll")

    office.poll()
    office.poll()

    told = [raw for _, _, raw in office.sink.messages if b"In-Reply-To" in raw]
    assert len(told) == 1
    assert office.asked("status")["unread"] == 0
    assert office.run("verify") == 0


@pytest.mark.parametrize(
    "name",
    [
        "question_store.answer_mails.put_answered",
        "question_store.outbox.add_mail",
        "transactions.Transactions.journal_together",
    ],
)
def test_a_crash_while_reminders_are_agreed_to_sends_each_once(
    reminding: AnsweringOffice, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reminding.put(a_reply(reminding.digests()[OFFICER], "催报"))
    (preview,) = reminding.poll()
    reminding.put(a_reply(preview, "同意发送"))
    with monkeypatch.context() as patch:

        def crash(*_: object, **__: object) -> None:
            raise _Crash

        patch.setattr(f"store.aggregates.{name}", crash)
        with pytest.raises(_Crash):
            reminding.run("poll")
    assert reminding.new_mails() == []

    mails = [*reminding.poll(), *reminding.poll()]

    assert len([mail for mail in mails if "school@example.org" in str(mail["To"])]) == 1
    assert len([mail for mail in mails if str(mail["To"]) == OFFICER]) == 1

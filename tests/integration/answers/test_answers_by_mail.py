"""The office answers by mail: in words, by tapped links, in the workbook; each once, each told of, nothing by strangers."""

import random
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import openpyxl
import pytest

from config.answers.reply_codes import reply_code
from kongchuo.demo.mail_servers import mail_sink
from store.answers.answer_mails import AnswerOutcome
from tests.builders.answers.answering_office import (
    CODE,
    FAIL,
    KEY,
    LOOKER,
    NOTHING,
    OFFICER,
    RUNNER,
    SECOND,
    AnsweringOffice,
    a_reply,
    body_of,
    links_of,
    open_answering_office,
    page_of,
    workbook_of,
)
from tests.builders.files.clerk_files import dropout_row
from tests.builders.offices.office_folder import open_store


@pytest.fixture
def office(answering_office: AnsweringOffice) -> AnsweringOffice:
    """An office that was asked two questions, each about a mail with a link."""
    answering_office.put_question()
    answering_office.put_question()
    answering_office.poll()
    return answering_office


ASSIGNED = ("西沱镇小学", "附件4")


def outcomes(office: AnsweringOffice) -> list[str]:
    with open_store(office.config) as store:
        found = [one.outcome.value for one in store.questions.answered_mails()]
    return found


def test_each_person_gets_a_digest_with_a_code_of_their_own(office: AnsweringOffice) -> None:
    digests = office.digests()

    assert set(digests) == {OFFICER, SECOND, LOOKER, RUNNER}
    codes = {address: CODE.findall(str(mail["Subject"])) for address, mail in digests.items()}
    assert len({code for found in codes.values() for code in found}) == 4
    for address, mail in digests.items():
        assert codes[address][0] in str(mail["Message-ID"])
        assert "回复:1 单位 附件" in body_of(mail).replace("\uff1a", ":") or "问1" in body_of(mail)
        assert "kongchuo answer" not in body_of(mail)


def test_a_reply_in_words_is_done_and_told_once(office: AnsweringOffice) -> None:
    digest = office.digests()[OFFICER]
    office.put(
        a_reply(
            digest,
            "您好:\n问1 西沱小学 附件4\n宽限 西沱镇 到12月31日 停电\n2 某某小学\n谢谢",
            quoted=body_of(digest),
        )
    )

    (told,) = office.poll()

    assert [one[:2] for one in office.assignments()] == [ASSIGNED]
    assert [one[0] for one in office.decisions()] == ["extend"]
    (assigned,) = [one for one in office.asked("decisions") if one["kind"] == "assign"]
    assert (assigned["question"], assigned["detail"], assigned["who"]) == (1, " ".join(ASSIGNED), OFFICER)
    assert str(told["To"]) == OFFICER
    body = body_of(told)
    assert "已归入西沱镇小学附件4" in body
    assert "名册里没有" in body
    assert "撤回 1" in body
    assert office.poll() == []
    assert office.run("rerun", "--all") in (0, 1)
    assert office.poll() == []
    assert len(office.assignments()) == 1
    assert 1 not in office.questions()


def test_the_transcript_says_how_many_children_a_placed_file_holds(office: AnsweringOffice) -> None:
    office.put_table_of_nobody(dropout_row("谭小明", 123), dropout_row("马小红", 124))
    office.poll()
    number = max(office.questions())
    office.put(a_reply(office.digests()[OFFICER], f"{number} 西沱镇小学 附件4"))

    (told,) = office.poll()

    assert "已归入西沱镇小学附件4，登记2人" in body_of(told)
    status = {one["unit"]: one for one in office.asked("status")["units"]}
    assert [one["records"] for one in status["西沱镇小学"]["forms"] if one["form"] == "附件4"] == [2]


def test_words_below_a_marked_quotation_are_read_and_below_an_unmarked_one_asked_back(
    office: AnsweringOffice,
) -> None:
    digest = office.digests()[OFFICER]
    marked = "".join(f"> {line}\n" for line in body_of(digest).splitlines())
    office.put(a_reply(digest, f"在 2026年9月26日,石柱县教委写道:\n{marked}\n1 不用处理"))
    office.poll()
    assert [one[:2] for one in office.decisions()] == [("settle", 1)]

    office.put(a_reply(digest, "", quoted=f"{body_of(digest)}\n\n2 不用处理"))
    (told,) = office.poll()

    assert [one[:2] for one in office.decisions()] == [("settle", 1)]
    assert "没有看到答复" in body_of(told)


def test_an_answer_is_taken_back_and_a_later_one_overrides_and_both_are_told(office: AnsweringOffice) -> None:
    digests = office.digests()
    office.put(a_reply(digests[OFFICER], "1 西沱镇小学 附件4"))
    office.poll()
    office.put(a_reply(digests[SECOND], "1 西沱镇 附件3", sender=SECOND))

    told = {str(mail["To"]): body_of(mail) for mail in office.poll()}

    assert set(told) == {OFFICER, SECOND}
    assert "以前由" in told[SECOND]
    assert "李主任" in told[OFFICER]
    assert [one[:2] for one in office.assignments()] == [("西沱镇", "附件3")]
    office.put(a_reply(digests[SECOND], "撤回 1", sender=SECOND))
    office.poll()
    assert office.assignments() == []
    assert 1 in office.questions()


def test_two_answers_at_once_end_as_the_later_one(office: AnsweringOffice) -> None:
    digests, now = office.digests(), datetime.now(UTC)
    office.put(a_reply(digests[SECOND], "1 西沱镇 附件3", sender=SECOND, sent_at=now + timedelta(minutes=2)))
    office.put(a_reply(digests[OFFICER], "1 西沱镇小学 附件4", sent_at=now))

    office.poll()

    assert [one[:2] for one in office.assignments()] == [("西沱镇", "附件3")]
    office.put(a_reply(digests[OFFICER], "1 不用处理", sent_at=now + timedelta(minutes=1)))
    assert any("更晚的答复" in body_of(mail) for mail in office.poll())
    assert [one[:2] for one in office.assignments()] == [("西沱镇", "附件3")]


@pytest.mark.parametrize("how", ["no word of the provider", "no code"])
def test_what_is_not_sure_is_asked_back_and_waits_visibly(office: AnsweringOffice, how: str) -> None:
    digest = office.digests()[OFFICER]
    raw = (
        a_reply(digest, "1 西沱镇小学 附件4", authentication=NOTHING)
        if how == "no word of the provider"
        else a_reply(None, "1 西沱镇小学 附件4")
    )
    office.put(raw)

    (asked,) = office.poll()

    assert office.changed() == []
    assert str(asked["To"]) == OFFICER
    assert "1 西沱镇小学 附件4" in body_of(asked)
    office.capsys.readouterr()
    office.run("questions")
    assert "请本人回信确认" in office.capsys.readouterr().out
    office.put(a_reply(asked, "好的,收到", authentication=NOTHING))
    office.poll()
    assert office.changed() == []
    office.put(a_reply(asked, "确认", authentication=NOTHING, quoted=body_of(asked)))
    (told,) = office.poll()
    assert "已归入西沱镇小学附件4" in body_of(told)
    assert [one[:2] for one in office.assignments()] == [ASSIGNED]
    office.put(a_reply(asked, "确认。", authentication=NOTHING))
    office.poll()
    assert len(office.assignments()) == 1


def test_a_forged_answer_that_its_person_disowns_is_dropped(office: AnsweringOffice) -> None:
    office.put(a_reply(None, "1 西沱镇小学 附件4", authentication=NOTHING))
    (asked,) = office.poll()
    office.put(a_reply(asked, "取消", authentication=NOTHING))
    office.poll()
    office.put(a_reply(asked, "确认", authentication=NOTHING))
    office.poll()

    assert office.changed() == []


def test_who_only_looks_decides_nothing(office: AnsweringOffice) -> None:
    office.put(a_reply(office.digests()[LOOKER], "1 西沱镇小学 附件4", sender=LOOKER))

    (told,) = office.poll()

    assert office.changed() == []
    assert "权限" in body_of(told)


def attacks() -> dict[str, str]:
    return {
        "a forged From that fails its checks": "refused",
        "a stolen digest, sent by somebody else": "refused",
        "a stolen digest and a forged From that the provider says nothing of": "waiting",
        "a stolen digest, a forged From and a forged header": "waiting",
        "the code of another person": "refused",
        "an expired code": "refused",
        "an altered code": "refused",
        "a clerk who answers as officer": "refused",
        "a page that hides lines": "waiting",
        "an answer inside a quoted text": "nothing",
        "an auto-reply that quotes the digest": "nothing",
        "a mail of ours that comes back": "nothing",
        "a second author": "refused",
        "a replayed mail with other words": "refused",
    }


@pytest.mark.parametrize("attack", attacks())
def test_no_stranger_decides_anything(office: AnsweringOffice, attack: str) -> None:
    digests = office.digests()
    digest, line = digests[OFFICER], "1 西沱镇小学 附件4"
    match attack:
        case "a forged From that fails its checks":
            raw = a_reply(digest, line, authentication=FAIL)
        case "a stolen digest, sent by somebody else":
            raw = a_reply(digest, line, sender="thief@example.net")
        case "a stolen digest and a forged From that the provider says nothing of":
            raw = a_reply(digest, line, authentication=NOTHING, extra=[("Reply-To", "thief@example.net")])
        case "a stolen digest, a forged From and a forged header":
            forged = "mx.qq.com; spf=pass smtp.mailfrom=example.org; dkim=pass header.d=example.org; dmarc=pass header.from=example.org"
            raw = a_reply(digest, line, authentication=NOTHING, extra=[("Authentication-Results", forged)])
        case "the code of another person":
            raw = a_reply(digests[SECOND], line, subject="回复")
        case "an expired code":
            key = f"digest:2023-autumn:2023-01-01:{OFFICER}"
            raw = a_reply(None, line, subject=f"回复 [kc-{reply_code(KEY, OFFICER, key)}]")
        case "an altered code":
            code = CODE.findall(str(digest["Subject"]))[0]
            other = code[:-1] + ("a" if code[-1] != "a" else "b")
            raw = a_reply(None, line, subject=f"回复 [kc-{other}]")
        case "a clerk who answers as officer":
            raw = a_reply(digest, line, sender="xituo@example.org")
        case "a page that hides lines":
            page = f"<div>收到</div><div style='display:none'>{line}</div><p>2 西沱镇 附件3</p>"
            raw = a_reply(digest, "", html=page)
        case "an answer inside a quoted text":
            raw = a_reply(digest, "请看下面", quoted=line)
        case "an auto-reply that quotes the digest":
            raw = a_reply(digest, line, extra=[("Auto-Submitted", "auto-replied")])
        case "a mail of ours that comes back":
            raw = digest.as_bytes().replace(b"quoted", b"quoted")
        case "a second author":
            raw = a_reply(digest, line).replace(b"From: office", b"From: thief@example.net, office", 1)
        case _:
            first = a_reply(digest, "2 不用处理", mail_id="<same@example.org>")
            office.put(first)
            office.poll()
            office.run("answer", "撤回", "2")
            raw = a_reply(digest, line, mail_id="<same@example.org>")
    before = office.changed()
    office.put(raw)

    told = office.poll()

    assert office.changed() == before
    assert {str(mail["To"]) for mail in told} <= {OFFICER}
    expected = attacks()[attack]
    if expected == "nothing":
        assert set(outcomes(office)) <= {"applied"}
    else:
        assert outcomes(office)[-1] == expected
    if expected == "refused":
        assert told == []
        assert office.run("digest", "--out", str(office.config.parent / "out")) == 0
        page = (office.config.parent / "out" / "digest.html").read_text("utf-8")
        assert "没有照办" in page
        assert "mailto:" not in page


def test_a_copy_of_an_answer_is_not_applied_again(office: AnsweringOffice) -> None:
    digests = office.digests()
    raw = a_reply(digests[OFFICER], "1 西沱镇小学 附件4", mail_id="<one@example.org>")
    office.put(raw)
    office.poll()
    office.put(a_reply(digests[SECOND], "1 西沱镇 附件3", sender=SECOND))
    office.poll()
    office.put(b"X-Copy: 1\r\n" + raw)
    office.put(a_reply(digests[OFFICER], "1 西沱镇小学 附件4", mail_id="<two@example.org>"))

    mails = office.poll()

    assert [one[:2] for one in office.assignments()] == [("西沱镇", "附件3")]
    assert sorted(outcomes(office)[-2:]) == [AnswerOutcome.REPEATED.value, AnswerOutcome.WAITING.value]
    assert ["确认" in body_of(mail) for mail in mails] == [True]


def test_a_loop_of_mails_that_say_nothing_ends(office: AnsweringOffice) -> None:
    mail = office.digests()[OFFICER]
    count = 0
    for number in range(15):
        office.put(a_reply(mail, f"我在休假,有事请电联 {number}"))
        told = office.poll()
        count += len(told)
        mail = told[0] if told else mail

    assert count == 10
    assert office.changed() == []


def garble(text: str, way: str) -> str:
    """As mail programs spoil what a link fills in."""
    if way == "gbk":
        return text.encode().decode("gb18030", "replace")
    if way == "flat":
        return re.sub(r"\s*\n\s*", " ", text)
    return text


@pytest.mark.parametrize("way", ["whole", "gbk", "flat", "upper", "no body"])
def test_every_tapped_link_means_what_it_says_however_it_is_garbled(
    office: AnsweringOffice, way: str
) -> None:
    digest = office.digests()[OFFICER]
    links = links_of(page_of(digest))
    assert links
    meant = []
    for link in links:
        parts = urlsplit(link)
        assert unquote(parts.path) == OFFICER
        fields = parse_qs(parts.query)
        (subject,), body = fields["subject"], fields.get("body", [""])[0]
        assert subject.isascii()
        assert "\n" not in subject
        meant.append(subject.split()[0])
        subject = subject.upper() if way == "upper" else garble(subject, way)
        body = "" if way == "no body" else garble(body, way)
        office.put(a_reply(None, body, subject=subject, mail_id=f"<tap{len(meant)}{way}@example.org>"))
    kinds = {number: one["kind"] for number, one in office.questions().items()}

    office.poll()

    assert all(kind == "file" for kind in kinds.values())
    assert sorted(meant) == ["1b", "2b"]
    assert outcomes(office) == ["applied"] * 2
    assert sorted(one[:2] for one in office.decisions()) == [("settle", 1), ("settle", 2)]


def test_a_workbook_filled_in_and_mailed_back_is_answers(office: AnsweringOffice) -> None:
    digest = office.digests()[OFFICER]
    workbook = openpyxl.load_workbook(BytesIO(workbook_of(digest)))
    sheet = workbook["待您决定"]
    assert [sheet.cell(row, 1).value for row in (2, 3)] == [1, 2]
    sheet["G2"] = "不用处理"
    sheet["H3"], sheet["I3"], sheet["J3"] = "西沱镇小学", "附件4", "电话问过"
    out = BytesIO()
    workbook.save(out)
    unchanged = a_reply(None, "请看附件", subject="材料", attached=("简报.xlsx", workbook_of(digest)))
    office.put(unchanged)
    assert [mail for mail in office.poll() if "已办" in body_of(mail)] == []
    office.put(a_reply(None, "附上", subject="随便什么", attached=("x.xlsx", out.getvalue())))

    (told,) = office.poll()

    assert "没有照办" not in body_of(told)
    assert [one[:2] for one in office.assignments()] == [ASSIGNED]
    assert [one[:2] for one in office.decisions()] == [("settle", 1)]
    files = {tuple(one["path"]): one for one in office.asked("files")}
    assert files[("x.xlsx",)]["disposition"] == "ignored"


def test_no_mail_of_ours_reads_as_an_answer(office: AnsweringOffice) -> None:
    digests = office.digests()
    office.put(a_reply(digests[OFFICER], "1 西沱镇小学 附件4\n2 可能"))
    (told,) = office.poll()
    before = office.changed()
    for number, mail in enumerate((digests[OFFICER], told)):
        text = body_of(mail)
        office.put(a_reply(mail, text, mail_id=f"<quoting{number}@example.org>"))
        office.put(a_reply(mail, "", html=page_of(mail), mail_id=f"<page{number}@example.org>"))
    office.poll()

    assert office.changed() == before


def test_answers_outlast_the_database_and_are_not_given_twice(office: AnsweringOffice) -> None:
    digest = office.digests()[OFFICER]
    office.put(a_reply(digest, "1 西沱镇小学 附件4\n2 不用处理"))
    office.poll()
    before, questions = office.changed(), office.questions()
    assert office.run("verify") == 0
    (office.config.parent / "kongchuo.db").unlink()

    assert office.run("rebuild") in (0, 1)

    assert office.poll() == []
    assert office.changed() == before
    assert office.questions() == questions
    assert office.run("verify") == 0


class _Crash(BaseException):
    pass


@pytest.mark.parametrize("point", range(6))
def test_a_crash_between_reading_and_telling_changes_nothing_twice(
    office: AnsweringOffice, point: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = office.digests()[OFFICER]
    office.put(a_reply(digest, "1 西沱镇小学 附件4\n2 不用处理"))
    targets = [
        ("kongchuo.answering.answering_mail", "judge_reply"),
        ("kongchuo.answering.letter_post", "compose_mail"),
        ("store.aggregates.question_store.answer_mails", "put_answered"),
        ("store.aggregates.question_store.outbox", "add_mail"),
        ("kongchuo.answering.answering_mail", "_read_again"),
        ("store.aggregates.transactions.Transactions", "journal_together"),
    ]
    module, name = targets[point]
    with monkeypatch.context() as patch:

        def crash(*_: object, **__: object) -> None:
            raise _Crash

        patch.setattr(f"{module}.{name}", crash)
        with pytest.raises(_Crash):
            office.run("poll")
    office.new_mails()

    office.poll()
    office.poll()

    assert [one[:2] for one in office.assignments()] == [ASSIGNED]
    assert [one[:2] for one in office.decisions()] == [("settle", 2)]
    told = [raw for _, to, raw in office.sink.messages if b"In-Reply-To" in raw]
    assert len(told) == 1
    assert 1 not in office.questions()
    assert office.run("verify") == 0


def test_without_a_key_the_digest_goes_to_all_and_replies_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with mail_sink() as sink:
        office = open_answering_office(tmp_path, monkeypatch, capsys, sink)
        monkeypatch.delenv("KONGCHUO_ANSWERS_KEY")
        office.put_question()
        office.poll()
        (digest,) = office.digests().values()
        office.put(a_reply(digest, "1 西沱镇小学 附件4"))

        assert office.poll() == []
        assert office.changed() == []
        assert CODE.search(str(digest["Subject"])) is None


def test_messy_replies_do_what_they_say_or_nothing(office: AnsweringOffice) -> None:
    digest, rng = office.digests()[OFFICER], random.Random(7)
    lines = [
        "1 不用处理",
        "问1:不用处理",
        "一号 不用处理",
        "1 不处理吧?",
        "1 不用处理,但要问",
        "第1号 不用处理 看过",
    ]
    for number, line in enumerate(rng.sample(lines, 4)):
        office.put(a_reply(digest, f"您好\n{line}\n\n--\n张三", mail_id=f"<m{number}@example.org>"))
    office.poll()

    assert [one[:2] for one in office.decisions()] == [("settle", 1)]


def test_the_code_of_a_request_to_confirm_confirms_and_does_nothing_else(office: AnsweringOffice) -> None:
    office.put(a_reply(None, "2 不用处理"))
    (asked,) = office.poll()
    office.put(a_reply(asked, "1 西沱镇小学 附件4", authentication=NOTHING))
    (again,) = office.poll()

    assert office.changed() == []
    assert "1 西沱镇小学 附件4" in body_of(again)
    assert outcomes(office) == ["waiting", "waiting"]


@pytest.mark.parametrize(
    "mail_id", ["<a b@c>", "<\u4e2d@example.org>", "x" * 3000, "<>", "<a@[>", "@", "<a@example.org> <b@c>"]
)
def test_a_strange_message_id_stops_nothing(office: AnsweringOffice, mail_id: str) -> None:
    digest = office.digests()[OFFICER]
    raw = a_reply(digest, "1 西沱镇小学 附件4", mail_id="<placeholder@example.org>")
    office.put(raw.replace(b"<placeholder@example.org>", mail_id.encode(), 1))
    office.put(a_reply(digest, "2 不用处理"))

    office.poll()

    assert ("settle", 2) in [one[:2] for one in office.decisions()]

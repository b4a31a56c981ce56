"""Holds the commands audit and audit verify: the audit trail, and whether it is complete."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from config.errors import ConfigError
from config.text.masking import mask_quoted
from config.text.punctuation import set_punctuation
from config.text.text_folding import clean_text
from kongchuo.access.guarded_commands import GuardedCommand, GuardedGroup
from kongchuo.clock import parse_as_of, parse_since
from kongchuo.commands.options import AsJson, AsTsv, Config, Wide
from kongchuo.lookup import find_case
from kongchuo.office import Office, open_office
from kongchuo.output.act_words import words_of_act
from kongchuo.output.answers_json import iso_time, to_json
from kongchuo.output.layout.answer_screen import answer_screen, chosen_form
from kongchuo.output.layout.table_layout import Column
from kongchuo.output.terminal_tables import format_minute, print_line, print_table
from store.audit.audit_line import Door
from store.audit.audit_trail import AuditEntry, AuditHead, CheckedChain
from store.audit.child_marks import speaks_of

DOOR_WORDS = {Door.TERMINAL: "命令行", Door.MAIL: "邮件", Door.SERVICE: "服务"}
_BROKEN = 1
_DECISION = re.compile("^decide .* #([0-9]+)$")
_NUMBER_DIGITS = 15
"""The fewest digits of an identity number; the id of a case is shorter."""

audit_app = typer.Typer(
    name="audit",
    cls=GuardedGroup,
    help="操作记录:谁在什么时候看过、做过什么,为什么;--child 查谁看过一个孩子;verify 查有没有被改过、删过。",
)


@audit_app.callback(invoke_without_command=True)
def audit(
    context: typer.Context,
    config: Config = None,
    as_json: AsJson = False,
    tsv: AsTsv = False,
    wide: Wide = False,
    who: Annotated[str | None, typer.Option("--who", help="只看谁的(姓名或本机帐号)", metavar="姓名")] = None,
    since: Annotated[str | None, typer.Option("--since", help="从哪天起", metavar="日期")] = None,
    child: Annotated[
        str | None, typer.Option("--child", help="谁看过这个孩子:姓名、身份证号或个案编号", metavar="孩子")
    ] = None,
) -> None:
    """操作记录:谁在什么时候看过、做过什么,为什么;--child 查谁看过一个孩子。"""
    if context.invoked_subcommand is not None:
        context.default_map = {"verify": {"config": config}}
        return
    form_of_answer = chosen_form(wide=wide, tsv=tsv, as_json=as_json)
    with open_office(config) as office:
        zone = office.zone
        entries = office.store.audit.entries(None if since is None else parse_since(since, zone))
        shown = [one for one in entries if who is None or who in _names(one)]
        if child is not None:
            words = _words_of_child(office, child)
            shown = [one for one in shown if one.marks is not None and speaks_of(one.marks, words)]
        shown = _with_reasons(office, shown)
    if as_json:
        print(to_json([_entry_json(one, zone) for one in shown]))
        return
    with answer_screen(form_of_answer):
        _show(shown, zone)


@audit_app.command(cls=GuardedCommand)
def verify(
    config: Config = None,
    as_json: AsJson = False,
    head: Annotated[
        str | None,
        typer.Option("--head", help="以前抄下的末号,如 128:3f9a2c71d0b4,查那以后有没有被删", metavar="末号"),
    ] = None,
) -> None:
    """查操作记录有没有被改过、删过;有的退出码1,说出是第几号。"""
    kept = None if head is None else _parse_head(head)
    with open_office(config) as office:
        checked = office.store.audit.check(kept)
    newest = None if checked.head is None else checked.head.words
    if as_json:
        faults = [{"number": fault.number, "reason": fault.reason} for fault in checked.faults]
        print(
            to_json(
                {
                    "head": newest,
                    "links": checked.kind.value,
                    "keyed_from": checked.keyed_from,
                    "faults": faults,
                }
            )
        )
    else:
        for fault in checked.faults:
            print_line(f"✗ 操作记录第{fault.number}号:{fault.reason}")
        if not checked.faults:
            print_line(f"✓ 操作记录完整,末号{newest or '(还没有记录)'}")
        print_line(_about_links(checked))
    if checked.faults:
        raise typer.Exit(_BROKEN)


def _about_links(checked: CheckedChain) -> str:
    """Returns a sentence on what the chain's links prove.

    With a key they prove that nobody forged them; without a key only together with a head that was kept elsewhere.
    """
    if checked.keyed_from is None:
        return "链:SHA-256,不带密钥;能写数据库的人可以整条重做,请与简报上抄下的末号对照(--head)"
    return f"链:HMAC-SHA-256,从第{checked.keyed_from}号起带密钥;没有密钥的人改不了、也重做不了"


def _parse_head(text: str) -> AuditHead:
    number, _, link = clean_text(text).strip().partition(":")
    if not number.isdecimal() or len(link) < 8:
        raise ConfigError(
            f"--head 没有“{text}”的写法:请照抄 kongchuo audit verify 说的末号,如 128:3f9a2c71d0b4"
        )
    return AuditHead(int(number), link.lower())


def _with_reasons(office: Office, entries: Sequence[AuditEntry]) -> list[AuditEntry]:
    """Returns the entries, with the reasons of decisions, which are stored only with the decisions."""
    reasons = {one.id: one.why for one in office.store.decisions.made(datetime.max.replace(tzinfo=UTC))}
    return [
        replace(one, why=reasons.get(int(number[1]), ""))
        if not one.why and (number := _DECISION.search(one.what))
        else one
        for one in entries
    ]


def _names(entry: AuditEntry) -> tuple[str, ...]:
    return (entry.who, *(() if entry.account is None else (entry.account.name,)))


def _words_of_child(office: Office, text: str) -> Iterable[str]:
    """Returns the words by which entries identify a child: its number or name, and the ids of its cases.

    The name is left out if the child of a case has a number, because others may have the same name.
    """
    from ledger.assessment import Judgements  # slow to load, and only needed here

    text = clean_text(text).strip()
    snapshot = office.snapshot_at(parse_as_of(None, office.zone))
    children = Judgements(snapshot).across_notices
    cases = (*children.cases, *children.suspected)
    if not text.isascii() or len(text) >= _NUMBER_DIGITS:
        return (text, *(case.case_id for case in cases if text.upper() in (case.id_number, case.name)))
    case = find_case(cases, text)
    return (case.case_id, case.id_number or case.name)


def _entry_json(entry: AuditEntry, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "number": entry.number,
        "at": iso_time(entry.at, zone),
        "who": entry.who,
        "account": None if entry.account is None else entry.account.name,
        "uid": None if entry.account is None else entry.account.uid,
        "door": None if entry.door is None else entry.door.value,
        "what": mask_quoted(entry.what),
        "words": _words(entry),
        "why": mask_quoted(entry.why),
        "children": entry.children,
        "link": entry.link,
    }


def _words(entry: AuditEntry) -> str:
    return set_punctuation(words_of_act(mask_quoted(entry.what)))


def _show(entries: Sequence[AuditEntry], zone: ZoneInfo) -> None:
    columns = [
        Column("号"),
        Column("时间", 1),
        Column("谁"),
        Column("帐号", 2),
        Column("从哪里", 2),
        Column("做了什么", is_sentence=True),
        Column("孩子数", 1),
        Column("为什么", is_sentence=True),
    ]
    rows = [
        (
            str(one.number),
            format_minute(one.at, zone),
            one.who,
            "" if one.account is None else one.account.name,
            "" if one.door is None else DOOR_WORDS[one.door],
            _words(one),
            str(one.children) if one.children else "",
            mask_quoted(one.why),
        )
        for one in entries
    ]
    print_table(f"操作记录{len(rows)}条", columns, rows, "没有这样的操作记录")

"""Holds the commands questions and answer: what waits for a person, each with its number, and the answer to one."""

from typing import Annotated

import typer

from config.answers.answer_words import CommandKey, answer_table
from config.errors import ConfigError
from ingest.pipeline import RerunSelection
from ingest.pipeline import rerun as rerun_mail
from kongchuo.access.revealing import mask_of
from kongchuo.clock import parse_as_of
from kongchuo.commands.options import AsJson, AsOf, AsTsv, By, Config, NoticeId, Wide
from kongchuo.decisions.apply_answer import apply_reading, context_of
from kongchuo.decisions.asking import answer_notes, ask, questions_by_number
from kongchuo.decisions.decide import Desk
from kongchuo.lookup import current_user
from kongchuo.office import Office, open_office
from kongchuo.output.answers_json import to_json
from kongchuo.output.layout.answer_screen import answer_screen, chosen_form
from kongchuo.output.layout.table_layout import Column
from kongchuo.output.question_output import how_to_answer, question_rows, questions_json
from kongchuo.output.terminal_tables import print_line, print_table
from kongchuo.usecases.polling import finish_reading
from ledger.questions.read_answers import read_answers
from store.decisions import WhoDecided


def questions(
    config: Config = None,
    as_json: AsJson = False,
    tsv: AsTsv = False,
    wide: Wide = False,
    as_of: AsOf = None,
    notice: NoticeId = None,
) -> None:
    """等您决定的事:每件一个编号,办完以前不变;用 answer 答复。"""
    form_of_answer = chosen_form(wide=wide, tsv=tsv, as_json=as_json)
    with open_office(config, notice) as office:
        finish_reading(office)
        when = parse_as_of(as_of, office.zone)
        asked, notes = ask(office, when), answer_notes(office, when, None)
        mask = mask_of(office)
    if as_json:
        print(to_json(questions_json(asked, mask)))
        return
    columns = [
        Column("编号"),
        Column("类别"),
        Column("关于"),
        Column("问题", is_sentence=True),
        Column("程序的判断", is_sentence=True),
        Column("可以答", is_sentence=True),
    ]
    with answer_screen(form_of_answer):
        print_table(f"等您决定{len(asked)}件", columns, question_rows(asked, mask), "没有等您决定的事")
        for note in notes:
            print_line(note)
        if asked:
            print_line(f"答复如:kongchuo answer {how_to_answer(asked[0])}")


def answer(
    words: Annotated[
        list[str], typer.Argument(help="如 12 同意、撤回 12、宽限 西沱镇 到9月28日 停电", metavar="答复…")
    ],
    by: By = None,
    config: Config = None,
    as_of: AsOf = None,
    notice: NoticeId = None,
) -> None:
    """答复一个问题,写法同回邮件:12 同意,12 西沱镇小学 附件4,撤回 12。"""
    line = " ".join(words)
    with open_office(config, notice) as office:
        desk, asked = Desk(office, parse_as_of(as_of, office.zone)), questions_by_number(office)
        readings = read_answers([line], context_of(desk, asked))
        if any(getattr(one, "key", None) is CommandKey.HELP for one in readings) or not readings:
            _print_help()
            return
        sentences = []
        for reading in readings:
            applied = apply_reading(desk, reading, asked, None)
            decider = WhoDecided(who=by or current_user(), when=desk.when, question=applied.question)
            reread = office.store.decisions.take_steps([(step, decider) for step in applied.decided.steps])
            _read_again(office, reread)
            number = f"问{applied.question}:" if applied.question is not None else ""
            before = f"(以前由{'、'.join(applied.overridden)}答复,已改)" if applied.overridden else ""
            sentences.append(
                f"{number}{office.mask.knowing(applied.decided.names).text(applied.decided.sentence)}{before}"
            )
            desk = Desk(office, parse_as_of(as_of, office.zone))
    for sentence in sentences:
        print_line(sentence)


def _print_help() -> None:
    table = answer_table()
    for kind in table.kinds:
        labels = "、".join(f"12 {one.label}" for one in kind.answers)
        print_line(f"{kind.title}:{labels}{'、12 单位 附件' if kind.takes_unit else ''}")
    for command in table.commands:
        print_line(f"{command.usage},如:{command.example}")


def _read_again(office: Office, message_ids: tuple[str, ...]) -> None:
    """Reads the mails of assigned files again, so that the decision counts at once.

    Raises:
        ConfigError: such a mail is no longer in the archive.
    """
    for message_id in message_ids:
        summary = rerun_mail(
            office.store,
            office.reading_rules,
            RerunSelection(message=message_id),
        )
        if not summary.messages:
            raise ConfigError(f"存档里没有邮件 {message_id[:12]}:请运行 kongchuo verify 检查")

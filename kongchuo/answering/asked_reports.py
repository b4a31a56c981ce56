"""Makes the reports that people ask for by mail: the same figures, lines and files as the command line, masked as in the digest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from config.answers.answer_words import CommandKey
from config.errors import ConfigError
from config.settings import find_workbook_password
from config.text.output_mask import MaskLevel, OutputMask, build_name_masker
from kongchuo.access.revealing import children_on_forms, seen_children
from kongchuo.answering.asked_reminders import preview_reminders, send_previewed
from kongchuo.decisions.decide import Desk
from kongchuo.office import Office
from kongchuo.usecases.office_mail import OfficeMail, compose_digest_mail
from kongchuo.usecases.register_files import compose_registers
from ledger.questions.answer_readings import Command
from ledger.results import Case, CaseState
from notify.answers.report_sections import (
    ReportSection,
    case_section,
    missing_section,
    progress_section,
    unit_section,
)
from notify.digest.digest import Digest
from notify.mail.compose import AttachedFile
from notify.mail.encrypted_zip import encrypt_zip
from store.audit.audit_line import SeenChild
from store.decisions import RereadDraft, Step
from store.outbox import MailDraft
from store.stored_values import OutboxMail

_LARGEST = 12_000_000  # bytes of what one mail carries; base64 adds a third (mail-providers: under 20 MB)
_SHORTEST_ID = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The answer to a request: sections of the mail, its attachments, and changes to the store."""

    name: str
    """The report's name in a subject."""
    sections: tuple[ReportSection, ...] = ()
    told: str = ""
    """A sentence on the result, if no section contains it."""
    attached: tuple[AttachedFile, ...] = ()
    digest: OfficeMail | None = None
    steps: tuple[Step, ...] = ()
    mails: tuple[MailDraft, ...] = ()
    names: tuple[str, ...] = ()
    """The children that the requesting line may name."""
    children: tuple[SeenChild, ...] = ()
    """The children whose data it contains."""
    is_preview: bool = False
    """Whether it shows reminders that a reply sends."""


@dataclass(frozen=True)
class AskedReports:
    """The reports that one mail requests, at one instant; values that several reports need are computed once."""

    desk: Desk
    answers: OutboxMail | None
    """The mail of ours that it answers."""

    @property
    def office(self) -> Office:
        return self.desk.office

    @property
    def now(self) -> datetime:
        return self.desk.when

    def give(self, command: Command) -> Asked:
        """Returns the answer to a command.

        Raises:
            ConfigError: there is no answer now; the message says why.
        """
        match command.key:
            case CommandKey.DIGEST:
                told = "现在的简报在下面,附表也附上了"
                return Asked(
                    name="简报", told=told, digest=self._digest_mail, children=self._digest_mail.children
                )
            case CommandKey.PROGRESS if command.unit is not None:
                return Asked(name="进度", sections=(unit_section(self._digest, command.unit),))
            case CommandKey.PROGRESS:
                return Asked(name="进度", sections=(progress_section(self._digest),))
            case CommandKey.MISSING:
                return Asked(name="未报", sections=(missing_section(self._digest),))
            case CommandKey.CASE:
                return self._give_cases(command.who)
            case CommandKey.REGISTERS:
                return self._give_registers()
            case CommandKey.REMIND:
                self._require_all_read()
                section = preview_reminders(self.office, self.now)
                return Asked(name="催报预览", sections=(section,), is_preview=bool(section.lines))
            case CommandKey.SEND_REMINDERS:
                self._require_all_read()
                mails, told = send_previewed(self.office, self.now, self.answers)
                return Asked(name="催报", told=told, mails=mails)
            case CommandKey.REREAD if command.unit is not None:
                told = f"{command.unit}的来件这就重读;过几分钟写“进度 {command.unit}”看结果"
                return Asked(name="重读", told=told, steps=(RereadDraft(unit=command.unit),))
        raise ConfigError(f"没看懂“{command.line}”")

    @cached_property
    def _digest_mail(self) -> OfficeMail:
        self._require_all_read()
        return compose_digest_mail(self.office, self.now)

    @property
    def _digest(self) -> Digest:
        digest = self._digest_mail.digest
        assert digest is not None
        return digest

    def _require_all_read(self) -> None:
        if unread := len(self.office.store.messages.unprocessed()):
            raise ConfigError(f"还有{unread}封来件没有读完,现在说谁没报会冤枉人:请过一会儿再要")

    def _give_cases(self, who: str) -> Asked:
        children = self.desk.judgements.across_notices
        every = (*children.cases, *children.suspected)
        cases = self._find_cases(every, who)
        if not cases:
            raise ConfigError("没有这样的个案:请写学生全名,或简报里的个案编号")
        show_name = self.office.settings.name_in_mail
        names = tuple(case.name for case in every)
        section = case_section(cases, show_name, build_name_masker(names, show_name))
        return Asked(name="个案", sections=(section,), names=names, children=tuple(seen_children(cases)))

    def _find_cases(self, every: Sequence[Case], who: str) -> list[Case]:
        """Returns cases by a child's whole name, else by the beginning of an id, else the open cases of a unit."""
        named = [case for case in every if case.name.replace(" ", "") == who.replace(" ", "")]
        if not named and len(who) >= _SHORTEST_ID:
            named = [case for case in every if case.case_id.startswith(who.lower())]
        if not named and (unit := self.office.unit_names.resolve(who)) is not None:
            waiting = (CaseState.OPEN, CaseState.SUSPECTED)
            named = [case for case in every if case.responsible_unit == unit.name and case.state in waiting]
        return named

    def _give_registers(self) -> Asked:
        password = find_workbook_password(self.office.settings)
        if password is None:
            raise ConfigError("没有设附表的密码,含学生的表不能用邮件发,没有发送:请管理员先设密码")
        self._require_all_read()
        workbooks = compose_registers(self.office, self.now, OutputMask(level=MaskLevel.NUMBERS))
        data = encrypt_zip(workbooks, password)
        if len(data) > _LARGEST:
            raise ConfigError("台账太大,一封邮件装不下,没有发送:请管理员在装有本程序的电脑上生成")
        day = self.now.astimezone(self.office.zone)
        return Asked(
            name="台账",
            told=f"{len(workbooks)}本台账在附件里,已加密:打开用附表的密码,身份证号已遮盖",
            attached=(AttachedFile(f"台账-{day:%Y-%m-%d}.zip", data, "zip"),),
            children=tuple(children_on_forms(self.office.snapshot_at(self.now))),
        )

"""From readings to what is recorded: whose each table is, and what becomes of each file.

Pure: given a mail, its files' readings and what people decided, the answer is always the same.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import orjson

from config.folding import squeeze
from config.notice import FormSpec, Notice
from config.roster import Roster, Unit
from config.unit_names import UnitNames
from ingest.attribution import Attribution, attribute
from parsers.checks import UnitChecks
from parsers.identity import student_key
from parsers.mime import Leaf, Mail
from parsers.reading import FileKind, FileReading, FormReading, Mention, Problem, Record
from parsers.recognise import by_words, labels
from store.drafts import FileDraft, MessageDraft, ProblemDraft, RecordDraft, SubmissionDraft, file_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What every message is judged with."""

    notice: Notice
    roster: Roster
    names: UnitNames
    assignments: Mapping[str, tuple[str, str | None]]
    learned: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Placed:
    reading: FormReading
    unit: Unit | None
    attribution: Attribution


def draft_message(
    message_id: str,
    received_on: date,
    mail: Mail,
    leaves: Sequence[Leaf],
    readings: Sequence[FileReading],
    known: Knowledge,
) -> MessageDraft:
    """Everything that one message, come on this day, adds to the store."""
    head = mail.head
    placed = [
        [_place(message_id, position, leaf, form, mail, known) for form in reading.forms]
        for position, (leaf, reading) in enumerate(zip(leaves, readings, strict=True))
    ]
    # What the tables of this mail agree on also says whose its photographs are.
    units = {found.unit.name: found.unit for tables in placed for found in tables if found.unit is not None}
    forms = [found.reading.form for tables in placed for found in tables if found.unit is not None]
    only = next(iter(units.values())) if len(units) == 1 else None
    files = [
        _unchanged(position, leaf, reading, tables[0], mail)
        if tables and tables[0].unit is not None and all(found.reading.unchanged for found in tables)
        else _with_forms(position, leaf, reading, tables, received_on, known)
        if tables
        else _without_forms(message_id, position, leaf, reading, mail, only, forms, known)
        for position, (leaf, reading, tables) in enumerate(zip(leaves, readings, placed, strict=True))
    ]
    if not files:
        files.append(_no_file(message_id, mail, known))
    return MessageDraft(
        message_id=message_id,
        sender=head.sender,
        sender_name=head.sender_name,
        subject=head.subject,
        files=tuple(files),
    )


def failed_message(message_id: str, mail: Mail | None, leaves: Sequence[Leaf], error: str) -> MessageDraft:
    """A message that the program could not finish: each of its files waits for a person."""
    reason = (
        "程序处理这封邮件时出错(邮件已存档,未丢失):请把错误信息告诉管理员,修好后运行 kongchuo rerun --failed"
    )
    files = [
        FileDraft(
            position=position,
            path=leaf.path,
            size=len(leaf.data),
            sha256=hashlib.sha256(leaf.data).hexdigest(),
            kind="unknown",
            outcome="quarantined",
            reason_code="unreadable",
            reason=reason,
        )
        for position, leaf in enumerate(leaves)
    ] or [_empty_file("quarantined", "unreadable", reason, None)]
    return MessageDraft(
        message_id=message_id,
        sender=mail.head.sender if mail else "",
        sender_name=mail.head.sender_name if mail else "",
        subject=mail.head.subject if mail else "",
        files=tuple(files),
        error=error,
    )


def _place(
    message_id: str, position: int, leaf: Leaf, form: FormReading, mail: Mail, known: Knowledge
) -> _Placed:
    decided = known.assignments.get(file_id(message_id, position))
    if decided is not None and (unit := known.roster.get(decided[0])) is not None:
        seen = (Mention(source="assigned", value=unit.name, weight=100.0),)
        return _Placed(form, unit, Attribution(unit=unit, code=None, reason=None, evidence=seen))
    found = attribute(
        form,
        form.form,
        path=leaf.path,
        head=mail.head,
        body=mail.body,
        names=known.names,
        roster=known.roster,
        notice=known.notice,
        learned=dict(known.learned),
    )
    return _Placed(form, found.unit, found)


def _with_forms(
    position: int,
    leaf: Leaf,
    reading: FileReading,
    tables: Sequence[_Placed],
    received_on: date,
    known: Knowledge,
) -> FileDraft:
    groups: dict[tuple[str, str], list[FormReading]] = {}
    units: dict[str, Unit] = {}
    for found in tables:
        if found.unit is not None:
            units[found.unit.name] = found.unit
            groups.setdefault((found.unit.name, found.reading.form), []).append(found.reading)
    submissions = tuple(
        _submission(units[unit], known.notice.form(form), readings, received_on, known)
        for (unit, form), readings in groups.items()
    )
    unplaced = [found for found in tables if found.unit is None]
    trouble = unplaced[0].attribution if unplaced else None
    return FileDraft(
        position=position,
        path=leaf.path,
        size=len(leaf.data),
        sha256=hashlib.sha256(leaf.data).hexdigest(),
        kind=reading.kind,
        # A file of which a part is nobody's still waits for a person; the rest of it stands recorded.
        outcome="quarantined" if trouble else reading.outcome,
        reason_code=trouble.code if trouble else reading.reason_code,
        reason=trouble.reason if trouble else reading.reason,
        form_hint=unplaced[0].reading.form if unplaced else None,
        weighed=_weighed([m for t in tables for m in (*t.reading.evidence, *t.attribution.evidence)]),
        submissions=submissions,
    )


def _unchanged(position: int, leaf: Leaf, reading: FileReading, found: _Placed, mail: Mail) -> FileDraft:
    """无变化 confirms what was sent before and changes nothing (A20)."""
    return _unread(
        position,
        leaf,
        reading,
        "evidence",
        None,
        "报称无变化:沿用上次报送的数据",
        unit=found.unit,
        form=found.reading.form,
        text=_text(leaf, mail),
        seen=found.attribution.evidence,
    )


def _submission(
    unit: Unit, form: FormSpec, readings: Sequence[FormReading], received_on: date, known: Knowledge
) -> SubmissionDraft:
    checks = UnitChecks(form, unit, known.names, known.notice, received_on)
    records: list[RecordDraft] = []
    problems: list[ProblemDraft] = []
    blocking: list[str] = []
    for reading in readings:
        for problem in reading.problems:
            problems.append(_problem(problem, None))
            if problem.severity == "error":
                blocking.append(problem.code)
        for record in reading.records:
            ordinal = len(records)
            found = (*record.problems, *checks.of(record))
            records.append(_record(record, found))
            problems.extend(_problem(problem, ordinal) for problem in found)
    return SubmissionDraft(
        unit=unit.name,
        form=form.key,
        nil=not records and any(reading.nil for reading in readings),
        blocking=tuple(sorted(set(blocking))),
        records=tuple(records),
        problems=tuple(problems),
    )


def _record(record: Record, problems: Sequence[Problem]) -> RecordDraft:
    codes = tuple(dict.fromkeys(problem.code for problem in problems)) if problems else ()
    return RecordDraft(
        sheet=record.sheet,
        row=record.row,
        student_key=student_key(record.values, codes),
        body=orjson.dumps(record.values).decode(),
        problems=codes,
    )


def _problem(problem: Problem, ordinal: int | None) -> ProblemDraft:
    return ProblemDraft(
        ordinal=ordinal,
        sheet=problem.sheet,
        row=problem.row,
        cell=problem.cell,
        field=problem.field,
        code=problem.code,
        severity=problem.severity,
        value=problem.value,
        message=problem.message,
    )


def _without_forms(
    message_id: str,
    position: int,
    leaf: Leaf,
    reading: FileReading,
    mail: Mail,
    only: Unit | None,
    forms: Sequence[str],
    known: Knowledge,
) -> FileDraft:
    decided = known.assignments.get(file_id(message_id, position))
    if decided is not None and (assigned := known.roster.get(decided[0])) is not None:
        seen: tuple[Mention, ...] = (Mention(source="assigned", value=assigned.name, weight=100.0),)
        if reading.outcome == "quarantined" and decided[1] is not None:
            return _received_unread(position, leaf, reading, assigned, decided[1], seen)
        return _unread(
            position,
            leaf,
            reading,
            "evidence",
            None,
            "由人工归入该单位,作为材料留存",
            unit=assigned,
            form=decided[1] or reading.form_hint,
            text=_text(leaf, mail),
            seen=seen,
        )
    if reading.outcome == "ignored":
        return _unread(position, leaf, reading, "ignored", reading.reason_code, reading.reason)
    found = attribute(
        None,
        reading.form_hint,
        path=leaf.path,
        head=mail.head,
        body=mail.body,
        names=known.names,
        roster=known.roster,
        notice=known.notice,
        learned=dict(known.learned),
    )
    unit = found.unit or only
    if (
        reading.outcome == "evidence"
        and unit is not None
        and not _proves(reading, leaf, mail, forms, known.notice)
    ):
        return _unread(
            position,
            leaf,
            reading,
            "quarantined",
            "scanned-only",
            "只来了照片,看不出是证明还是表格:请人工查看",
            hint=unit,
            seen=found.evidence,
        )
    if reading.outcome == "evidence" and unit is not None:
        return _unread(
            position,
            leaf,
            reading,
            "evidence",
            reading.reason_code,
            reading.reason or "证明材料,已归入该单位",
            unit=unit,
            form=_supported(reading, unit, forms, known.notice),
            text=_text(leaf, mail),
            seen=found.evidence,
        )
    code, reason = reading.reason_code, reading.reason
    if reading.outcome == "evidence":
        code, reason = found.code or "unknown-unit", found.reason
    return _unread(position, leaf, reading, "quarantined", code, reason, hint=unit, seen=found.evidence)


def _received_unread(
    position: int, leaf: Leaf, reading: FileReading, unit: Unit, form: str, seen: Sequence[Mention]
) -> FileDraft:
    """A form that came and that a person recognised, though its rows could not be read.

    It is received, so the unit is not accused of silence; it does not count until its rows are known.
    """
    code = reading.reason_code or "scanned-only"
    message = f"已收到{form},但内容读不出来({reading.reason or code}):请对方补发Excel电子表"
    problem = ProblemDraft(
        ordinal=None,
        sheet=None,
        row=None,
        cell=None,
        field=None,
        code=code,
        severity="error",
        value=None,
        message=message,
    )
    return FileDraft(
        position=position,
        path=leaf.path,
        size=len(leaf.data),
        sha256=hashlib.sha256(leaf.data).hexdigest(),
        kind=reading.kind,
        outcome="forms",
        reason_code=code,
        reason=message,
        form_hint=form,
        weighed=_weighed(seen),
        submissions=(
            SubmissionDraft(
                unit=unit.name, form=form, nil=False, blocking=(code,), records=(), problems=(problem,)
            ),
        ),
    )


def _unread(
    position: int,
    leaf: Leaf,
    reading: FileReading,
    outcome: str,
    code: str | None,
    reason: str | None,
    *,
    unit: Unit | None = None,
    form: str | None = None,
    text: str = "",
    hint: Unit | None = None,
    seen: Sequence[Mention] = (),
) -> FileDraft:
    return FileDraft(
        position=position,
        path=leaf.path,
        size=len(leaf.data),
        sha256=hashlib.sha256(leaf.data).hexdigest(),
        kind=reading.kind,
        outcome=outcome,
        reason_code=code,
        reason=reason,
        unit_hint=hint.name if hint else None,
        form_hint=form or reading.form_hint,
        weighed=_weighed([*reading.evidence, *seen]),
        evidence_for=(unit.name, form, text) if unit else None,
    )


def _proves(reading: FileReading, leaf: Leaf, mail: Mail, forms: Sequence[str], notice: Notice) -> bool:
    """A picture that came alone, under no name that says proof, may be the form itself photographed."""
    if reading.kind is not FileKind.IMAGE or forms:
        return True
    said = f"{' '.join(leaf.path)} {mail.head.subject}"
    return any(word in said for word in notice.proof_words)


def _supported(reading: FileReading, unit: Unit, forms: Sequence[str], notice: Notice) -> str | None:
    """The form that a certificate supports: the one it names, one in its mail, or its unit's ledger."""
    if reading.form_hint:
        return reading.form_hint
    owing = [form.key for form in notice.forms if form.proof_statuses or form.proof_every]
    if beside := [form for form in forms if form in owing]:
        return beside[0]
    mine = [form.key for form in notice.forms if form.key in owing and form.sender == unit.kind]
    return mine[0] if mine else None


def _no_file(message_id: str, mail: Mail, known: Knowledge) -> FileDraft:
    """A mail that carries nothing: ignored, unless its words may be a report."""
    decided = known.assignments.get(file_id(message_id, 0))
    assigned = known.roster.get(decided[0]) if decided else None
    if decided is not None and decided[1] is not None and assigned is not None:
        words = f"{mail.head.subject}\n{mail.body}".encode()
        reading = FileReading(
            kind=FileKind.TEXT,
            outcome="quarantined",
            reason_code="linked-attachment",
            reason="邮件里没有可读的附件",
        )
        mentions = (Mention(source="assigned", value=assigned.name, weight=100.0),)
        leaf = Leaf(path=(), data=words, inline=False)
        return _received_unread(0, leaf, reading, assigned, decided[1], mentions)
    text = f"{mail.head.subject}\n{mail.body}"
    speaks = re.search("附件|零报告|无变化|失学|辍学|摸排|台账|超大附件|中转站|docs.qq.com|kdocs.cn", text)
    if mail.head.automatic or not speaks:
        return _empty_file("ignored", None, "邮件没有附件,正文也没有提到报送内容", None)
    found = attribute(
        None,
        None,
        path=(),
        head=mail.head,
        body=mail.body,
        names=known.names,
        roster=known.roster,
        notice=known.notice,
        learned=dict(known.learned),
    )
    form = _nil_form(text, known.notice)
    if form is not None and found.unit is not None and known.notice.form(form).sender == found.unit.kind:
        return _told_nil(mail, found, form, known)
    unit = found.unit.name if found.unit else None
    if re.search("超大附件|中转站|ftnExs_download|/ftn/download|docs.qq.com|kdocs.cn", text):
        return _empty_file(
            "quarantined",
            "linked-attachment",
            "只来了下载链接:请人工下载(注意有效期),或请对方改用普通附件重发",
            unit,
        )
    return _empty_file(
        "quarantined", "no-table", "邮件只有正文、没有附件:请查看正文,零报告也需报表,请对方补发表格", unit
    )


def _nil_form(text: str, notice: Notice) -> str | None:
    """The form that a mail's words report nothing for: it names one, and says so without if or must."""
    lines = [line for line in re.split(r"[\n。;;!!]", text) if line.strip()]
    said = [
        line
        for line in lines
        if "零报告" in line
        or any(re.fullmatch(f"(?:{word})", squeeze(line)) for word in notice.nil_words if len(word) > 12)
    ]
    if not said or any(re.search("如|若|请|须|需|模板", line) for line in said) or "无变化" in text:
        return None
    named = {key for line in lines for key in labels(line)} or {
        key for line in lines if (key := by_words(line, notice))
    }
    named = {key for key in named if notice.form(key).nil_allowed}
    return named.pop() if len(named) == 1 else None


def _told_nil(mail: Mail, found: Attribution, form: str, known: Knowledge) -> FileDraft:
    """A zero report in the mail's own words."""
    assert found.unit is not None
    words = f"{mail.head.subject}\n{mail.body}".encode()
    nil = SubmissionDraft(unit=found.unit.name, form=form, nil=True, blocking=(), records=(), problems=())
    return FileDraft(
        position=0,
        path=(),
        size=len(words),
        sha256=hashlib.sha256(words).hexdigest(),
        kind="text",
        outcome="forms",
        weighed=_weighed(found.evidence),
        submissions=(nil,),
    )


def _empty_file(outcome: str, code: str | None, reason: str, unit: str | None) -> FileDraft:
    return FileDraft(
        position=0,
        path=(),
        size=0,
        sha256=hashlib.sha256(b"").hexdigest(),
        kind="empty",
        outcome=outcome,
        reason_code=code,
        reason=reason,
        unit_hint=unit,
    )


def _text(leaf: Leaf, mail: Mail) -> str:
    return " ".join((*leaf.path, mail.head.subject))


def _weighed(mentions: Sequence[Mention]) -> tuple[dict[str, object], ...]:
    return tuple({"source": m.source, "value": m.value, "weight": m.weight, "text": m.text} for m in mentions)

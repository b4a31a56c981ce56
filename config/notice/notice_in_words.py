"""Explains a notice in Chinese: units and their obligations, the use of each form, and what its words mean."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from config.notice.extending.added_words import lists_of_words
from config.notice.notice import Notice
from config.notice.rhythm import due_in_words, end_of
from config.notice.sections.field_specs import FieldSpec
from config.notice.sections.form_specs import FormSpec, Role
from config.notice.sections.vocabulary import Meaning

ROLE_WORDS: dict[Role, str] = {
    "roll": "在校名单:证明学生在册,写明在校的可据以核对",
    "register": "失学辍学台账:按类别立个案",
    "visits": "劝返记录:登记每次劝返",
    "compare": "比对名单:逐人到名单和个案里查找,查不到的列为疑似",
    "counts": "只有人数的报表:与台账核对",
    "other": "只收存,不作判断",
}
MEANING_WORDS: dict[Meaning, str] = {
    "out": "失学辍学,立个案、要劝返",
    "suspected": "疑似失学辍学,立个案、要核实",
    "excused": "凭证明暂不到校",
    "moved": "转走,要等转入学校的名单或在读证明",
    "placed": "送教上门等,不到校也有安置",
    "supported": "在校,另有安置",
    "in-school": "在校",
    "absent": "请假,不立案,也不算返校",
    "returned": "已返校",
    "not-returned": "没有返校",
    "promised": "答应返校,到日子再看",
    "priority": "重点家庭,优先劝返",
    "aided": "救助家庭,优先劝返",
    "unknown": "没有写含义,只展示、请人判断",
}
_EVERY_WORDS = {"day": "每日", "week": "每周", "month": "每月", "quarter": "每季度", "semester": "每学期"}
_WEEKDAYS = "一二三四五六日"
_LAST_DAY = 31
_VISIT_RESULT = "每次劝返的结果"  # has no column of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSection:
    """One heading with its lines."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseNotice:
    """The notice that another extends."""

    notice: Notice
    forms_taken_back: frozenset[str]
    """Its forms that the extending notice removes, although another form may have their label."""


def explain_notice(notice: Notice, base: BaseNotice | None = None) -> tuple[NoticeSection, ...]:
    """Returns the explanation of a notice; with ``base``, also what comes from that notice."""
    sections = [
        NoticeSection(title="谁报什么、何时报", lines=tuple(_duties(notice))),
        NoticeSection(title="每张附件做什么用", lines=tuple(_uses(notice))),
        NoticeSection(title="词的含义", lines=tuple(_meanings(notice))),
        NoticeSection(title="劝返、年龄、扣分", lines=tuple(_rules(notice))),
        NoticeSection(title="对人怎么说", lines=tuple(_words_for_people(notice))),
    ]
    if base is not None:
        sections.append(
            NoticeSection(title=f"沿用“{base.notice.title}”的", lines=tuple(_taken_over(notice, base)))
        )
    return tuple(sections)


def describe_due(form: FormSpec) -> str:
    """Returns in Chinese words when a form is due."""
    if form.rhythm is not None:
        rhythm = form.rhythm
        day = ""
        if rhythm.every == "week":
            day = _WEEKDAYS[(rhythm.on or len(_WEEKDAYS)) - 1]
        elif rhythm.every in ("month", "quarter"):
            is_last = rhythm.on in (None, _LAST_DAY)
            day = f"{'末月' if rhythm.every == 'quarter' else ''}{'底' if is_last else f'{rhythm.on}日'}"
        at = f"{rhythm.at:%H:%M}" if rhythm.at else ""
        next_turn = f"次{_EVERY_WORDS[rhythm.every][1:]}" if rhythm.following else ""
        put_off = ""
        if rhythm.workdays:
            put_off = "(休息日不报)" if rhythm.every == "day" else "(遇休息日顺延)"
        before = "前" if day or at else ""
        return f"{_EVERY_WORDS[rhythm.every]}{next_turn}{day}{at}{before}{put_off}"
    if form.dates:
        return "、".join(f"{due.year}年{due_in_words(due)}" for due in form.dates) + "前"
    if form.due is not None:
        return f"{form.due.year}年{due_in_words(end_of(form.due, form.due_time))}前"
    if form.trigger is not None:
        return f"{form.trigger.form}里有{'、'.join(form.trigger.statuses)}学生时"
    return "没有写日期"


def _duties(notice: Notice) -> Iterator[str]:
    for form in notice.forms:
        stages = f"({'、'.join(form.stages)})" if form.stages else ""
        kinds = (
            f"{notice.units.kinds.get(kind, kind)}{stages if kind == 'school' else ''}"
            for kind in form.senders
        )
        who = "、".join(form.units or kinds)
        when = describe_due(form)
        owed = f"{',' if when.endswith('时') else ''}{when}报" if form.owed else "不要求报"
        nil = ",没有学生也要报(零报告)" if form.nil_allowed and form.trigger is None else ""
        yield f"{form.key}《{form.title}》:{who}{owed}{nil}"
    if any(form.repeats for form in notice.forms):
        until = f"{notice.closed}" if notice.closed else "本办下一份通知(没有写 closed)"
        yield f"按期报的,从{notice.opened}报到{until}为止"


def _uses(notice: Notice) -> Iterator[str]:
    for form in notice.forms:
        proof = ""
        if form.proof_every:
            until = form.proof_until
            proof = f";每名学生要有证明材料{f'(管到{until},之后要重新交)' if until else ''}"
        elif form.proof_statuses:
            proof = f";{'、'.join(form.proof_statuses)}要有证明材料"
        implied = "、".join(
            f"{notice.fields[key].heading}都按“{value}”登记" for key, value in form.implied.items()
        )
        columns = [notice.fields[key] for key in form.fields]
        counted = "".join(_counted(notice, column, columns) for column in columns)
        yield f"{form.key}:{ROLE_WORDS[form.role]}{counted}{f';{implied}' if implied else ''}{proof}"


def _counted(notice: Notice, column: FieldSpec, columns: Collection[FieldSpec]) -> str:
    """Returns what a column of numbers is compared with: children out of school and suspected ones, unless another column counts the latter."""
    meanings: list[Meaning] = [column.counts] if column.counts else []
    if column.counts == "out" and not any(other.counts == "suspected" for other in columns):
        meanings.append("suspected")
    statuses = column.counts_statuses or sorted(notice.meant("status", *meanings) if meanings else ())
    whom = "、".join(statuses) or (MEANING_WORDS[column.counts] if column.counts else "")
    return f";{column.heading}核对{'本期新的' if column.new else ''}{whom}" if whom else ""


def _meanings(notice: Notice) -> Iterator[str]:
    for key, vocabulary in notice.vocabularies.items():
        if not vocabulary.meanings and key != "status":
            continue
        by_meaning: dict[Meaning, list[str]] = {}
        for value in vocabulary.values:
            if (meaning := vocabulary.meaning(value)) != "unknown" or key == "status":
                usual = "(按通常含义)" if value in vocabulary.assumed else ""
                by_meaning.setdefault(meaning, []).append(f"{value}{usual}")
        headings = [spec.heading for spec in notice.fields.values() if spec.choices == key]
        sentence = ";".join(
            f"{'、'.join(values)}——{MEANING_WORDS[each]}" for each, values in by_meaning.items()
        )
        yield f"{headings[0] if headings else _VISIT_RESULT}:{sentence}"


def _rules(notice: Notice) -> Iterator[str]:
    rules = notice.persuasion
    yield f"{'、'.join(rules.statuses)}的学生每{rules.interval_days}天劝返一次,连续{rules.streak}次未返校的补报劝返表"
    if rules.absent_days is not None:
        yield (
            f"名单里少了、或写明不在校的学生,台账里写了起始日或缺勤天数的疑似学生,满{rules.absent_days}个上学日列为疑似"
        )
    if notice.holidays:
        yield f"学校另放假{len(notice.holidays)}天({min(notice.holidays)}至{max(notice.holidays)}):不要按日、按周的表,也不算上学日"
    yield f"{notice.ages.born_from}至{notice.ages.born_to}出生的属于义务教育年龄"
    points = [
        f"{'另加每迟一天' if kind == 'per_day' else notice.units.kinds.get(kind, kind)}扣{figure:g}分"
        for kind, figure in notice.deduction.items()
    ]
    points += [f"{form.key}扣{form.deduction:g}分" for form in notice.forms if form.deduction is not None]
    yield f"逾期未报:{'、'.join(points)}" if points else "逾期未报不扣分"


def _words_for_people(notice: Notice) -> Iterator[str]:
    yield f"通报写给“{notice.addressees}”,扣分由{notice.authority}核定,对全体单位说的话贴到{notice.group_channel}"
    if notice.sweep.remind_on is not None:
        yield f"每月{notice.sweep.remind_on}日提醒当月没有消息的单位告知{notice.sweep.name}情况"


def _taken_over(notice: Notice, base: BaseNotice) -> Iterator[str]:
    before = {key: form for key, form in base.notice.by_key.items() if key not in base.forms_taken_back}
    same = [form.key for form in notice.forms if before.get(form.key) == form]
    changed = [form.key for form in notice.forms if form.key in before and form.key not in same]
    new = [form.key for form in notice.forms if form.key not in before]
    gone = [key for key in base.notice.by_key if key in base.forms_taken_back or key not in notice.by_key]
    for word, keys in (("原样沿用的", same), ("改过的", changed), ("新写的", new)):
        if keys:
            yield f"附件{word}:{'、'.join(keys)}"
    if gone:
        yield f"原来的附件不要了:{'、'.join(gone)}"
    for key, vocabulary in notice.vocabularies.items():
        earlier = base.notice.vocabularies.get(key)
        if earlier is None or earlier.values.keys() == vocabulary.values.keys():
            continue
        added = [value for value in vocabulary.values if value not in earlier.values]
        kept = [value for value in vocabulary.values if value in earlier.values]
        gone_values = [value for value in earlier.values if value not in vocabulary.values]
        sentence = f"词表 {key}:新加{'、'.join(added) or '无'};沿用{'、'.join(kept) or '无'}"
        yield sentence + (f";不要了{'、'.join(gone_values)}" if gone_values else "")
    yield from _words_taken_over(notice, base.notice)


def _words_taken_over(notice: Notice, base: Notice) -> Iterator[str]:
    """Returns the word lists that differ from the base's, each with its own words and the number of the base's words."""
    before = lists_of_words(base)
    for place, words in lists_of_words(notice).items():
        added = [word for word in words if word not in before[place]]
        gone = [word for word in before[place] if word not in words]
        if added or gone:
            told = f"用词 {place}:新加{'、'.join(added) or '无'};沿用{len(words) - len(added)}个"
            yield told + (f";不要了{'、'.join(gone)}" if gone else "")

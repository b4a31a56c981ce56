"""Interprets a mail's own text: links to files, which version counts, mentions of children and of material.

Text quoted from an earlier mail is left out. The words for children, lists and versions are in the notice's
wording (``[wording.mail]``); this module holds the sentence patterns around them.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from config.notice import Notice
from config.notice.annex_labels import FormLabels
from config.notice.sections.wording import MailWords
from config.text.text_folding import clean_text
from parsers.forms.instructions import is_instruction
from parsers.forms.zero_report import says_no_change
from parsers.mail.mail_contents import Mail, is_from_kongchuo
from parsers.mail.stated_passwords import find_passwords

_QUOTED_LINE = re.compile(
    r"^\s*(>|-{2,}\s*(原始邮件|original message|转发)|发件人:|from:|在.{4,40}写道)", re.IGNORECASE
)
_ANSWER = re.compile(r"\s*(?:回复|答复|re)\s*:", re.IGNORECASE)
_FORWARD = re.compile(r"\s*(?:转发|fwd?)\s*:", re.IGNORECASE)
_FORWARD_LINE = re.compile(r"-{2,}\s*(?:转发|forwarded)", re.IGNORECASE)
_OWN_FOOTER = "本邮件由程序"
"""Part of each mail that this program sends to a unit."""
_CLOUD_HOSTS = (
    r"(?:pan|yun|eyun)\.baidu\.com|weiyun\.com|docs\.qq\.com|doc\.weixin\.qq\.com|kdocs\.cn|wps\.(?:cn|com)|"
    r"aliyundrive\.com|alipan\.com|aliyun\.com/drive|alidocs\.dingtalk\.com|dingtalk\.com|"
    r"123(?:pan|6|8|9)[0-9]{0,8}\.(?:com|cn)|lanzou?[a-z]{0,2}\.com|lanzo[a-z]{0,3}\.com|ilanzou\.com|quark\.cn|"
    r"cloud\.189\.cn|139\.com|115\.com|115cdn\.com|xunlei\.com|jianguoyun\.com|feishu\.cn|larksuite\.com|shimo\.im|"
    r"yuque\.com|wenshushu\.cn|cowtransfer\.com|ctfile\.com|uc\.cn|mail\.qq\.com/cgi-bin/ftn|mail\.qq\.com/ftn|qfile\.qq\.com|"
    r"mail\.163\.com/large|dashi\.163\.com|163\.com/filehub|1drv\.ms|onedrive\.live\.com|sharepoint\.com|dropbox\.com"
)
_FILE_LINK = re.compile(
    rf"https?://[^\s/]*(?:{_CLOUD_HOSTS})|(?<![A-Za-z0-9@/])(?:{_CLOUD_HOSTS})/[A-Za-z0-9]|https?://(?:pan|drive|share|disk|cloud|yun|docs?|file|dl)\.[^\s]+|ftnExs_download|/ftn/download",
    re.IGNORECASE,
)
_PASSWORD = re.compile("(?=[!-/:-@\\[-`{-~]{0,39}[0-9A-Za-z])[!-~]{3,40}")
_ANY_LINK = re.compile(r"https?://\S+")
_BUSINESS_CARD = re.compile(r"https?://\S{0,500}(?:businesscard|qm_share|readmail)\S*")

_SENTENCE_END = re.compile(r"[\n。;!]|(?<=[?])")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPatterns:
    """The compiled patterns for the text of mails, in the words of a notice."""

    material: re.Pattern[str]
    child: re.Pattern[str]
    in_school: re.Pattern[str]
    every_child: re.Pattern[str]
    not_all_unchanged: re.Pattern[str]
    link: re.Pattern[str]
    link_key: re.Pattern[str]
    of_a_part: re.Pattern[str]
    explains: re.Pattern[str]
    asks_extension: re.Pattern[str]
    keeps_earlier: re.Pattern[str]
    replaces: re.Pattern[str]
    plainly_replaces: re.Pattern[str]
    doubts: re.Pattern[str]
    withdraws: re.Pattern[str]

    def names_child(self, clause: str) -> bool:
        """Returns whether a clause mentions a child, apart from words for being in school."""
        return self.child.search(self.in_school.sub("", clause)) is not None


@lru_cache(maxsize=8)
def compile_mail_patterns(words: MailWords) -> MailPatterns:
    """Returns the compiled patterns of a notice."""
    versions = words.versions

    def of_versions(patterns: tuple[str, ...]) -> re.Pattern[str]:
        return _any_of(
            tuple(
                pattern.replace("<earlier>", versions.earlier).replace("<this>", versions.this)
                for pattern in patterns
            )
        )

    return MailPatterns(
        material=_any_of((*words.material, *words.absence)),
        child=_any_of((*words.child, *words.absence)),
        in_school=re.compile(words.in_school),
        every_child=re.compile(words.every_child),
        not_all_unchanged=_any_of(words.not_all_unchanged),
        link=_any_of(words.link),
        link_key=_any_of(words.link_key),
        of_a_part=_any_of(words.of_a_part),
        explains=_any_of(words.explains),
        asks_extension=_any_of(words.asks_extension),
        keeps_earlier=of_versions(versions.keeps_earlier),
        replaces=of_versions(versions.replaces),
        plainly_replaces=of_versions(versions.plainly_replaces),
        doubts=_any_of(versions.doubts),
        withdraws=re.compile("|".join(versions.withdraws) or "(?!)", re.IGNORECASE),
    )


def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(patterns) or "(?!)")


class VersionStatement(StrEnum):
    """A mail's statement on which version of a form counts."""

    REPLACES = "replaces"
    """What it contains counts, and earlier submissions do not."""
    KEEPS_EARLIER = "keeps-earlier"
    """Earlier submissions count, and what it contains does not."""
    WITHDRAWS = "withdraws"
    """Something must not count, and no replacement is named."""


@dataclass(frozen=True, slots=True)
class OwnWords:
    """The sender's own text: subject and body, with folded widths, without quoted lines."""

    text: str
    patterns: MailPatterns

    @property
    def links_to_file(self) -> bool:
        """Returns whether the text links to a file stored elsewhere."""
        return _FILE_LINK.search(self.text) is not None

    @property
    def may_link_to_file(self) -> bool:
        """Returns whether the text mentions a cloud drive, or holds any link together with words for material."""
        links = _ANY_LINK.findall(_BUSINESS_CARD.sub("", self.text))
        return (
            self.links_to_file
            or self.patterns.link.search(self.text) is not None
            or bool(
                links and (self.speak_of_material or self.patterns.link_key.search(self.text) is not None)
            )
        )

    @property
    def speak_of_material(self) -> bool:
        """Returns whether the text mentions a form, a list or a child."""
        return self.patterns.material.search(self.text) is not None

    @property
    def tell_password(self) -> bool:
        """Returns whether the text gives a password and mentions no child."""
        return not self.patterns.names_child(self.text) and any(
            map(_PASSWORD.fullmatch, find_passwords(self.text))
        )

    @property
    def withdraw(self) -> bool:
        """Returns whether the text withdraws something that was sent (撤回, 作废)."""
        return self.patterns.withdraws.search(self.text) is not None

    @property
    def version_statement(self) -> VersionStatement | None:
        """Returns the text's statement on which version counts, or None."""
        if self.patterns.keeps_earlier.search(self.text):
            return VersionStatement.KEEPS_EARLIER
        if self.patterns.replaces.search(self.text):
            return VersionStatement.REPLACES
        return VersionStatement.WITHDRAWS if self.withdraw else None

    def replaces_earlier(self, form: str, labels: FormLabels) -> bool:
        """Returns whether the text clearly says that the whole list of this form replaces the earlier one."""
        if self.version_statement is not VersionStatement.REPLACES or self.doubt_replacement:
            return False
        return any(
            self.patterns.of_a_part.search(sentence) is None
            and (
                form in (named := labels.find(sentence))
                or not named
                or labels.leave_out_lists(sentence) != sentence
            )
            for sentence in self._replacing_sentences
        )

    @property
    def doubt_replacement(self) -> bool:
        """Returns whether the text asks about, denies or postpones the replacement of an earlier version."""
        return any(
            self.patterns.doubts.search(clause) is not None
            and self.patterns.plainly_replaces.search(clause) is not None
            for sentence in self._replacing_sentences
            for clause in sentence.split(",")
        )

    @property
    def _replacing_sentences(self) -> list[str]:
        return [
            one
            for one in _SENTENCE_END.split(self.text)
            if self.patterns.plainly_replaces.search(one) is not None
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedWords:
    """The own text of a mail, or of a mail inside it."""

    containers: tuple[str, ...]
    """The mails, archives and folders that the text is about, outermost first."""
    own: OwnWords
    telling: str
    """The part that may report children: the sender's own text and forwarded text, but not text that is answered."""


def words_by_place(mail: Mail, notice: Notice) -> tuple[PlacedWords, ...]:
    """Returns the texts of a mail and of the mails inside it, without automatic mails and mails of this program."""
    outer = PlacedWords(
        containers=(),
        own=read_own_words(mail.head.subject, mail.body, notice),
        telling=_telling_words(mail.head.clean_subject, mail.body, answers_us=mail.answers_kongchuo),
    )
    inner = [
        PlacedWords(
            containers=one.containers,
            own=read_own_words(one.head.subject, one.body, notice),
            telling=_telling_words(one.head.clean_subject, one.body, answers_us=False),
        )
        for one in mail.inner
        if not one.head.automatic and not is_from_kongchuo(one.head.message_id or "")
    ]
    return (outer, *inner)


def words_around(mail: Mail, containers: tuple[str, ...], notice: Notice) -> OwnWords:
    """Returns the texts that are about a file at this path: of the mail, and of the mails that contain the file."""
    return OwnWords(
        "\n".join(
            place.own.text
            for place in words_by_place(mail, notice)
            if place.containers == containers[: len(place.containers)]
        ),
        compile_mail_patterns(notice.wording.mail),
    )


def _telling_words(subject: str, body: str, *, answers_us: bool) -> str:
    own, quoted = _split_quoted(body)
    lines = [*([] if _ANSWER.match(subject) else [subject]), *own]
    forwards = _FORWARD.match(subject) is not None or _FORWARD_LINE.match("".join(quoted[:1])) is not None
    if forwards and not answers_us and _OWN_FOOTER not in body:
        lines += quoted
    return "\n".join(lines)


def says_nothing_changed(text: str, notice: Notice) -> bool:
    """Returns whether a text clearly says that nothing has changed (本月无变化) and mentions no child."""
    clauses = [clause for clause in re.split(r"[\n。;!,]", text) if clause.strip()]
    patterns = compile_mail_patterns(notice.wording.mail)
    unchanged_clauses = [clause for clause in clauses if says_no_change(clause, notice)]
    if not unchanged_clauses or any(
        patterns.not_all_unchanged.search(clause) or is_instruction(clause, notice)
        for clause in unchanged_clauses
    ):
        return False
    others = [patterns.every_child.sub("", clause) for clause in clauses if clause not in unchanged_clauses]
    return not any(map(patterns.names_child, others))


def read_own_words(subject: str, body: str, notice: Notice) -> OwnWords:
    """Returns the sender's own text of a mail."""
    text = "\n".join((clean_text(subject), *own_lines(body)))
    return OwnWords(text, compile_mail_patterns(notice.wording.mail))


def own_lines(body: str) -> list[str]:
    """Returns the lines above the quoted mail, with folded widths, without blank lines."""
    return _split_quoted(body)[0]


def _split_quoted(body: str) -> tuple[list[str], list[str]]:
    """Returns the lines above the quoted mail, and the quoted lines."""
    lines = [stripped for line in clean_text(body).splitlines() if (stripped := line.strip())]
    end = next((number for number, line in enumerate(lines) if _QUOTED_LINE.match(line)), len(lines))
    return lines[:end], lines[end:]

"""Finds sentences of a letter or mail on children out of school, by name, number, class or count.

Beside the mentions of :mod:`child_mentions` it finds counts (八年级2班有一名学生没来) and children who came back.
Names of forms (辍学学生登记表), denials and instructions are no such sentences.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from config.notice import Notice
from config.notice.sections.wording import Wording
from config.text.text_folding import fold_text
from parsers.forms.instructions import is_example, is_order
from parsers.forms.left_over.child_mentions import (
    ChildMention,
    find_absent_children,
    find_children_with,
    find_id_numbers,
)

_SENTENCE_END = re.compile("[。;!?\n]+")
_GOES_ON = re.compile("(?:该生|她|他|其(?![他余中])|一直|至今|现在?|目前|已经?|仍|还|未|没|不|因|自)")
"""Matches the beginning of a sentence about a child that the sentence before names."""
_TITLE_WORDS = "学生|儿童|少年|适龄|人员|人数|情况|现象|问题"
_ONE_OR_MORE = "(?:[1-9][0-9]*|[一二两三四五六七八九十几多]|个别|部分|有)(?:多|余)?(?:[名位个]|人)?"
_PUPILS = "(?:学生|孩子|同学|女生|男生|儿童|少年|娃|人)"
_CLASS = r"(?:[一二三四五六七八九1-9](?:年级|年)|初[一二三1-3]|[0-9一二三四五六七八九十]{1,2}\)?班)"
_YOUNGEST, _OLDEST = 3, 20
_LONGEST_SENTENCE = 600
_MOST_TEXT = 40_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSentence:
    """A sentence on children who are out of school or who came back."""

    text: str
    names: frozenset[ChildMention] = frozenset()
    numbers: frozenset[ChildMention] = frozenset()
    is_absence: bool = True
    """False if it only says that a child came back."""

    def is_told_by(self, children: Collection[str]) -> bool:
        """Returns whether all its children have rows; ``children`` are the names and numbers of the rows."""
        names = [_is_among(mention, children) for mention in self.names]
        numbers = [_is_among(mention, children) for mention in self.numbers]
        if not names:
            return bool(numbers) and all(numbers)
        return all(names) or (len(numbers) >= len(names) and all(numbers))


def find_child_sentences(text: str, notice: Notice) -> tuple[ChildSentence, ...]:
    """Returns the sentences of a text on children out of school or back in it; ``text`` is already folded to one width."""
    if not notice.absence_words:
        return ()
    sentences = (_read_sentence(sentence, notice) for sentence in _split_sentences(text[:_MOST_TEXT]))
    return tuple(sentence for sentence in sentences if sentence is not None)


def _split_sentences(text: str) -> Iterator[str]:
    """Yields sentences, each joined with following ones that continue on the same child."""
    whole = ""
    for piece in _SENTENCE_END.split(text):
        sentence = piece.strip()[:_LONGEST_SENTENCE]
        if not sentence:
            continue
        if whole and len(whole) < _LONGEST_SENTENCE and _GOES_ON.match(sentence):
            whole = f"{whole},{sentence}"
            continue
        if whole:
            yield whole
        whole = sentence
    if whole:
        yield whole


def _read_sentence(sentence: str, notice: Notice) -> ChildSentence | None:
    numbers = frozenset(
        mention for mention in find_id_numbers(sentence) if _may_be_a_child(mention.child, notice)
    )
    wording = notice.wording
    patterns = _compile_patterns(notice.absence_words, wording)
    stated = patterns.title.sub("", fold_text(sentence))
    stated = patterns.denied.sub("", stated)
    absent = patterns.absent.search(stated) is not None
    names = frozenset(find_absent_children(stated, notice)) if absent else frozenset()
    if names or numbers:
        return ChildSentence(text=sentence, names=names, numbers=numbers)
    is_back = any(word in stated for word in wording.back)
    instructs = is_order(stated, notice) or is_example(stated, notice)
    if absent and not is_back and not instructs and patterns.counted.search(stated):
        return ChildSentence(text=sentence)
    if is_back and (back := frozenset(_find_back(stated, notice))):
        return ChildSentence(text=sentence, names=back, is_absence=False)
    return None


def _find_back(stated: str, notice: Notice) -> Iterator[ChildMention]:
    """Yields the children of whom a sentence says that they came back; a clause without a subject takes the one before."""
    before, back = "", notice.wording.back
    for clause in re.sub(notice.wording.all_back, "", stated).replace(":", ",").split(","):
        whole = f"{before},{clause}" if clause.startswith(back) else clause
        yield from find_children_with(whole, back, notice)
        before = clause


def _may_be_a_child(number: str, notice: Notice) -> bool:
    age = notice.opened.year - int(number[6:10])
    return _YOUNGEST <= age <= _OLDEST


def _is_among(mention: ChildMention, children: Collection[str]) -> bool:
    """Returns whether a mentioned child has a row; a name cut wrongly from a sentence counts if the sentence has it whole."""
    return mention.child in children or any(
        child.startswith(mention.child) and fold_text(child) in mention.words for child in children
    )


@dataclass(frozen=True, slots=True)
class _Patterns:
    absent: re.Pattern[str]
    title: re.Pattern[str]
    denied: re.Pattern[str]
    counted: re.Pattern[str]


@lru_cache(maxsize=8)
def _compile_patterns(absence_words: tuple[str, ...], wording: Wording) -> _Patterns:
    title_ends = "|".join((*wording.list_titles, *wording.zero_report))
    absent = "|".join(map(re.escape, sorted(absence_words, key=len, reverse=True)))
    denials = wording.denials
    run = f"(?:(?:{absent})[、,和及与或/]?(?:{_TITLE_WORDS})?)"
    return _Patterns(
        absent=re.compile(absent),
        title=re.compile(
            f"{run}+(?:{_TITLE_WORDS}|的)*(?:{title_ends})+(?!(?:如下|有|是|为)?:|如下|有[^关]|是|为)"
        ),
        denied=re.compile(
            f"(?:{'|'.join(denials.in_sentences)})[^,、;:]{{0,12}}?{run}+|{run}+{denials.behind}"
        ),
        counted=re.compile(
            f"{_ONE_OR_MORE}{_PUPILS}[^,]{{0,8}}(?:{absent})"
            f"|(?:{absent})(?:{_TITLE_WORDS}|的|共|有|为|:)*[1-9一两二三四五六七八九][0-9十]?[名人个例]"
            f"|{_CLASS}(?:学生|同学|有)*[^,的]{{0,6}}(?:{absent})"
        ),
    )

"""Decides whether a remark on a roll says that the child itself, not a relative, is not in school (notice 六(三)).

A clause is about the child unless it names another person before its keyword: 父亲在广东打工, 哥哥已辍学. It
is about the child all the same if that person only accompanies it (跟哥哥打工) or reports (家长称其不上学).
Parents who work elsewhere take a child to a school there (随父母外出务工), so the child works only if it does
so with them (和父亲一起打工). 辍学 applies only to the child or its siblings, while other persons may be ill
or unreachable.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from config.notice import RollWords

_CLAUSES = re.compile(r"[\s,;:.\uff0c\uff1b\uff1a\u3002\u3001\uff08\uff09()]+")
_ALONG = re.compile("(?:跟着|跟随|随同|随着|跟|随|和|与|同|被)(?:其|他|她|自己)?(?:的|家)?$")
_TOGETHER = re.compile("一起|一同|一道|共同")
_TAKEN = re.compile("被(?:其|他|她)?$")
_NO_OTHER_SUBJECT = re.compile(
    "(?:们|亲|已经|已|也|均|都|现|正|早|曾|在|长期|常年|一直|双双|因病|生病|亦|皆|年老)*$"
)
_LEADS = re.compile("[带携领]")


class RemarkReader:
    """Reads remarks by the word lists of a notice (``[rolls]``)."""

    def __init__(self, words: RollWords) -> None:
        self._schooling = _any_of(words.school)
        self._at_home = _any_of(words.home)
        self._work = _any_of(words.work)
        self._parents = _any_of(words.parents)
        self._peers = _any_of(words.siblings)
        self._others = _any_of((*words.parents, *words.siblings, *words.others))
        self._of_child = _any_of(words.child)
        self._denied = re.compile("|".join(words.denied) or "(?!)")
        self._back = _any_of(words.back)
        self._learning = _any_of(words.learning)

    def says_out(self, text: str) -> bool:
        """Returns whether the last statement on schooling in a remark is that the child is out."""
        out = False
        for clause in _CLAUSES.split(text):
            if self._is_out(self._denied.sub("", clause)):
                out = True
            elif self._back.search(clause):
                out = False
        return out

    def _is_out(self, clause: str) -> bool:
        keywords = [
            word
            for pattern, is_of_child in (
                (self._schooling, self._misses_school),
                (self._at_home, self._is_away),
                (self._work, self._works),
            )
            for word in pattern.finditer(clause)
            if is_of_child(clause, word)
        ]
        last = max((word.start() for word in keywords), default=None)
        return last is not None and all(back.start() < last for back in self._back.finditer(clause))

    def _misses_school(self, clause: str, word: re.Match[str]) -> bool:
        person = self._person_before(clause, word)
        if person is None:
            return True
        is_peer = self._peers.fullmatch(person[0]) is not None
        return not is_peer and _NO_OTHER_SUBJECT.fullmatch(clause[person.end() : word.start()]) is None

    def _is_away(self, clause: str, word: re.Match[str]) -> bool:
        is_person_next = self._others.match(clause, word.end()) is not None
        return not is_person_next and self._person_before(clause, word) is None

    def _works(self, clause: str, word: re.Match[str]) -> bool:
        if self._learning.search(clause):
            return False
        if self._person_before(clause, word) is not None:
            return False
        along = [person for person, goes_along in self._persons(clause, word) if goes_along]
        if along:
            return self._parents.fullmatch(along[-1][0]) is None or _does_alike(clause, along[-1])
        return self._others.search(clause, word.end()) is None  # 打工的父母

    def _person_before(self, clause: str, word: re.Match[str]) -> re.Match[str] | None:
        """Returns the other person that a keyword is about, or None if it is about the child."""
        speaking = [person for person, goes_along in self._persons(clause, word) if not goes_along]
        if not speaking:
            return None
        child = self._of_child.search(clause, speaking[-1].end(), word.start())
        is_led = child is not None and _LEADS.search(clause, speaking[-1].end(), child.start()) is not None
        return speaking[-1] if child is None or is_led else None

    def _persons(self, clause: str, word: re.Match[str]) -> list[tuple[re.Match[str], bool]]:
        """Returns the other persons before a keyword, each with whether it only accompanies the child."""
        result: list[tuple[re.Match[str], bool]] = []
        for person in self._others.finditer(clause, 0, word.start()):
            is_next = bool(result) and result[-1][1] and result[-1][0].end() == person.start()
            result.append((person, is_next or _ALONG.search(clause[: person.start()]) is not None))
        return result


def _does_alike(clause: str, parent: re.Match[str]) -> bool:
    """Returns whether a child that goes with its parents does what they do."""
    is_taken = _TAKEN.search(clause[: parent.start()]) is not None
    return is_taken or _TOGETHER.search(clause, parent.end()) is not None


@lru_cache(maxsize=8)
def remark_reader(words: RollWords) -> RemarkReader:
    """Returns the cached reader for these words."""
    return RemarkReader(words)


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest_first)) or "(?!)")

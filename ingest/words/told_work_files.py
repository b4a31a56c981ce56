"""Finds statements in a mail's text that work files (一生一案) exist (notice 二(一); R21)."""

import re

from config.notice import Notice

_SENTENCE_END = re.compile(r"[\n。;!]")
_EXISTS = re.compile("已|建好|建成|完成|齐全|都有|均有|建有|都建|均建")
_NOT_YET = re.compile(
    "正在|未|没|还差|将|拟|计划|准备|等待|待[建补完]|不全|不齐|需要|要求|如|若|吗|[?]|请(?![查审核收])"
)


def find_work_file_sentences(text: str, notice: Notice) -> tuple[str, ...]:
    """Returns the sentences that work files exist; plans and requests are left out."""
    return tuple(
        sentence.strip()
        for sentence in _SENTENCE_END.split(text)
        if any(word in sentence for word in notice.work_file_words)
        and _EXISTS.search(sentence)
        and not _NOT_YET.search(sentence)
    )


def without_sentences(text: str, sentences: tuple[str, ...]) -> str:
    """Returns a text without these of its sentences."""
    return "\n".join(
        line for line in _SENTENCE_END.split(text) if line.strip() and line.strip() not in sentences
    )

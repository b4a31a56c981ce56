"""Sets the Chinese pages that people read in the repository in full-width marks: an editor may turn them into ASCII.

``python -m tests.pages.chinese_pages`` writes them; ``tests/unit/test_docs.py`` holds them to it.
"""

import re
from pathlib import Path

from config.text.punctuation import set_punctuation

ROOT = Path(__file__).parents[2]
PAGES = ("README.zh-CN.md", "docs/privacy.md")
_CODE_BLOCK = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)
_VERBATIM = re.compile(r"`[^`\n]*`|\]\([^)\n]*\)")


def set_page_punctuation(text: str) -> str:
    """Returns a Markdown page with its sentences set; code and the targets of links keep their marks."""
    return "".join(
        block if block.startswith("```") else _set_block(block) for block in _CODE_BLOCK.split(text)
    )


def _set_block(text: str) -> str:
    characters = list("\n".join(map(set_punctuation, text.split("\n"))))
    for match in _VERBATIM.finditer(text):
        characters[match.start() : match.end()] = match[0]
    return "".join(characters)


if __name__ == "__main__":
    for page in PAGES:
        path = ROOT / page
        path.write_text(set_page_punctuation(path.read_text("utf-8")), "utf-8")

"""Takes rows of a sheet as text: as one line, how full they are, whether units sign there."""

import re
from collections.abc import Sequence

from parsers.fields.normalise import cell_text
from parsers.formats.workbook import Cell

_SIGNATURE = re.compile(
    "(?:填报|填表|报送|上报)(?:单位|人|时间|日期)|审核人|审批人|负责人|签字|签章|盖章|公章|制表人|经办人|分管领导|校长[:(]|[年_ ]{1,8}月[_ ]{1,8}日"
)


def is_signature(text: str) -> bool:
    """Whether a line is of those that units sign: 填报人、审核人、盖章."""
    return _SIGNATURE.search(text) is not None


def row_text(row: Sequence[Cell]) -> str:
    """A row as one line of text."""
    return "  ".join(text for cell in row if (text := cell_text(cell)))


def count_filled(row: Sequence[Cell]) -> int:
    """How many cells of a row are filled."""
    return sum(cell is not None and cell != "" for cell in row)

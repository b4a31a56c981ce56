"""Names the sheet of questions and its columns, for the code that writes it and the code that reads it back."""

from enum import Enum

QUESTION_SHEET = "待您决定"


class QuestionColumn(Enum):
    """The columns in their order."""

    NUMBER = 0
    KIND = 1
    ABOUT = 2
    SENTENCE = 3
    STAKES = 4
    GUESS = 5
    DECISION = 6
    UNIT = 7
    FORM = 8
    WHY = 9


FILLED_COLUMNS = (QuestionColumn.DECISION, QuestionColumn.UNIT, QuestionColumn.FORM, QuestionColumn.WHY)
"""The columns that people fill in."""

"""The golden files, and the questions whose answers they hold."""

from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
Compare = Callable[[str, str], None]
"""Compares the golden file of this name with this text."""
FORMS = tuple(f"附件{number}" for number in range(1, 8))
QUESTIONS: dict[str, tuple[str, ...]] = {
    "status": ("status",),
    "gaps": ("gaps",),
    "gaps-of-a-unit": ("gaps", "--unit", "西沱中学"),
    "cases": ("cases",),
    "cases-all": ("cases", "--all"),
    "cases-suspected": ("cases", "--suspected"),
    "cases-reveal": ("cases", "--all", "--reveal", "--why", "核对学籍"),
    "crosscheck": ("crosscheck",),
    "problems": ("problems",),
    "problems-of-a-unit": ("problems", "--unit", "西沱小学"),
    "files": ("files",),
    "files-quarantined": ("files", "--disposition", "quarantined"),
    "roll": ("roll",),
    "roll-of-a-unit": ("roll", "--unit", "西沱小学"),
    "platform-diff": ("platform", "diff", "--month", "2023-09"),
    "decisions": ("decisions",),
    "questions": ("questions",),
    "health": ("health",),
    **{f"records-{number}": ("records", "--form", form) for number, form in enumerate(FORMS, 1)},
    "records-of-a-unit": (
        "records",
        "--form",
        "附件2",
        "--unit",
        "西沱小学",
        "--reveal",
        "--why",
        "核对学籍",
    ),
}
KINDS, PURPOSES = ("weekly", "monthly"), ("receipt", "remind")

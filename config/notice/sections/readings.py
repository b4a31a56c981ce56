"""How the office decides what a notice leaves open (``docs/rules-of-the-notice.md``, Where the notice is silent)."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

FoundLater = Literal["third-visit", "discovery"]
Occasion = Literal["due-date", "form", "mail", "unit"]


class Readings(BaseModel):
    """One field for each question that the notice leaves open."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    due_day_counts: bool = True
    """Whether 9月25日前 includes the 25th."""
    prompt_days: int = Field(0, ge=0)
    """The number of days after its occasion when a form without a date falls due (及时报送); it costs no points even then."""
    returned_still_owe: bool = True
    """Whether a child who is back in school still needs its persuasion form."""
    waive_per_child: bool = True
    """Whether the office may waive a persuasion form for one child."""
    words_report_zero: bool = False
    """Whether a zero report in a mail's words alone stands for the form."""
    past_share: float = Field(0.2, gt=0, le=1)
    """The share (0..1) by which a unit's figure must change against its own past to be reported (附件2在册 312 → 240)."""
    past_least: int = Field(5, ge=1)
    """The number of children by which it must also change."""
    occasion: Occasion = "due-date"
    """What counts as one 次 in 0.1/次: each due date, each form, each late mail, or the unit."""

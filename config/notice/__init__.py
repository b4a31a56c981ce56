"""What a notice says, as typed values; :mod:`config.read_notice` reads them from its TOML file."""

from config.notice.notice import (
    BirthDateRange,
    CopyRule,
    FieldKind,
    FieldSpec,
    FormPart,
    FormSpec,
    FormTrigger,
    FrozenModel,
    Meaning,
    Notice,
    ReminderPlan,
    RollWords,
    SweepRules,
    UnitRules,
    Vocabulary,
    end_of_day,
)

__all__ = [
    "BirthDateRange",
    "CopyRule",
    "FieldKind",
    "FieldSpec",
    "FormPart",
    "FormSpec",
    "FormTrigger",
    "FrozenModel",
    "Meaning",
    "Notice",
    "ReminderPlan",
    "RollWords",
    "SweepRules",
    "UnitRules",
    "Vocabulary",
    "end_of_day",
]

"""The values of a notice (通知), typed; :mod:`config.read_notice` reads them from its TOML file."""

from config.notice.notice import (
    BirthDateRange,
    CheckName,
    CopyRule,
    FieldKind,
    FieldSpec,
    FormPart,
    FormSpec,
    FormTrigger,
    Notice,
    ReminderPlan,
    Role,
    RollWords,
    SweepRules,
    UnitRules,
    end_of_day,
)
from config.notice.vocabulary import FrozenModel, Meaning, Vocabulary

__all__ = [
    "BirthDateRange",
    "CheckName",
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
    "Role",
    "RollWords",
    "SweepRules",
    "UnitRules",
    "Vocabulary",
    "end_of_day",
]

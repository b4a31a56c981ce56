"""The values of a notice (通知), typed; :mod:`config.read_notice` reads them from its TOML file."""

from config.notice.notice import Notice
from config.notice.sections.child_rules import BirthDateRange, RollWords
from config.notice.sections.due_days import end_of_day
from config.notice.sections.field_specs import FieldKind, FieldSpec
from config.notice.sections.form_specs import CheckName, FormPart, FormSpec, FormTrigger, Role
from config.notice.sections.unit_rules import CopyRule, ReminderPlan, SweepRules, UnitRules
from config.notice.sections.vocabulary import FrozenModel, Meaning, Vocabulary

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

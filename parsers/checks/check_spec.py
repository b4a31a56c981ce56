"""Defines the description of a check: its name, its question, the columns it reads and the codes it reports."""

from dataclasses import dataclass

from config.notice import CheckName, FormSpec, Role

CHILDREN: frozenset[Role] = frozenset({"roll", "register", "visits", "compare", "other"})
"""The roles of forms with one child per row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSpec:
    """One check, as a notice and the reference page name it."""

    name: CheckName
    asks: str
    """The question that the check asks of each row, in Chinese."""
    fields: tuple[str, ...] = ()
    """The columns that it reads; it does not run on a form that has none of them."""
    setting: str | None = None
    """The key of the form's setting that says what is allowed; without the setting the check does not run."""
    raises: tuple[str, ...]
    roles: frozenset[Role]
    """The roles of forms on which it runs if they list no checks."""

    def is_made_on(self, form: FormSpec) -> bool:
        """Returns whether the check runs on a form: the form lists it, or lists none and its role has it, and it has its columns."""
        chosen = self.name in form.checks if form.checks is not None else form.role in self.roles
        return chosen and self.missing_in(form) is None

    def missing_in(self, form: FormSpec) -> str | None:
        """Returns in words what the form lacks for this check, columns or a setting; None where nothing is missing."""
        if self.fields and set(self.fields).isdisjoint(form.fields):
            return f"fields 里的 {' 或 '.join(self.fields)}"
        return self.setting if self.setting is not None and not getattr(form, self.setting) else None

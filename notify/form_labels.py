"""Names of forms (附件) as a person reads them, and their order."""

from collections.abc import Iterable


def format_forms(forms: Iterable[str]) -> str:
    """``附件1、3`` for 附件1 and 附件3."""
    form_keys = list(forms)
    if all(key.startswith("附件") for key in form_keys):
        return "附件" + "、".join(key.removeprefix("附件") for key in form_keys)
    return "、".join(form_keys)


def form_order(form: str) -> tuple[int, str]:
    """The sort key by which 附件10 comes after 附件9."""
    return len(form), form

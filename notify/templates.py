"""Templates of mails as pages and plain text; the only module that knows Jinja.

Mail clients drop ``<style>``, so a page's rules are written into each of its elements. Templates and values have
ASCII punctuation; what they make together is set by :func:`config.text.punctuation.set_punctuation`, except for values
with the filter ``verbatim``: what a unit wrote is shown as it wrote it.
"""

import re
from collections.abc import Mapping
from functools import cache

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined

from config.text.punctuation import set_punctuation
from notify.shown_dates import format_day, format_minute

_START, _END, _TAG_BREAK = "\ufdd0", "\ufdd1", "\n\ufdd2"
"""Signs around verbatim text, and in place of a tag; they are noncharacters of Unicode, which no text contains."""
_WITHOUT_SIGNS = dict.fromkeys(range(0xFDD0, 0xFDD3))
_VERBATIM = re.compile(f"{_START}[^{_END}]*{_END}")
_TAG = re.compile("(<[^>]*>)")


def render_html_and_text(package: str, name: str, view: Mapping[str, object]) -> tuple[str, str]:
    """Returns a mail as HTML that loads nothing from outside, and as plain text.

    Args:
        package: the package whose ``templates`` folder has ``name.html.j2`` and ``name.txt.j2``.
    """
    return render_html(package, name, view), render_text(package, name, view)


def render_html(package: str, name: str, view: Mapping[str, object]) -> str:
    """Returns the HTML with inlined styles; rules that depend on the screen stay in the head."""
    page = _environment(package).get_template(f"{name}.html.j2").render(view)
    return css_inline.inline(_set_page(page), keep_at_rules=True, load_remote_stylesheets=False)


def render_text(package: str, name: str, view: Mapping[str, object]) -> str:
    """Returns the plain text, ended by one line break."""
    text = _environment(package).get_template(f"{name}.txt.j2").render(view)
    return _set_text(text).translate(_WITHOUT_SIGNS).strip() + "\n"


def _set_page(page: str) -> str:
    """Returns the page with Chinese punctuation in the texts between its tags; a tag ends a sentence."""
    parts = _TAG.split(page.replace(_TAG_BREAK[-1], ""))
    parts[::2] = _set_text(_TAG_BREAK.join(parts[::2])).split(_TAG_BREAK)
    return "".join(parts).translate(_WITHOUT_SIGNS)


def _set_text(text: str) -> str:
    """Returns the text with Chinese punctuation, of equal length; verbatim pieces count as Chinese for marks beside them."""
    result = set_punctuation(_VERBATIM.sub(lambda match: "\u5b57" * len(match[0]), text))
    for match in _VERBATIM.finditer(text):
        result = result[: match.start()] + match[0] + result[match.end() :]
    return result


@cache
def _environment(package: str) -> Environment:
    environment = Environment(
        loader=PackageLoader(package),
        autoescape=lambda name: bool(name) and ".html" in str(name),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["day"] = format_day
    environment.filters["minute"] = format_minute
    environment.filters["verbatim"] = _mark_verbatim
    return environment


def _mark_verbatim(value: str) -> str:
    return f"{_START}{value.translate(_WITHOUT_SIGNS)}{_END}"

"""Templates of mails as pages and plain text; the only module that knows Jinja.

Mail clients drop ``<style>``, so a page's rules are written into each of its elements.
"""

from collections.abc import Mapping
from functools import cache

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined

from notify.shown_dates import format_day, format_minute


def render_html_and_text(package: str, name: str, view: Mapping[str, object]) -> tuple[str, str]:
    """A mail as a page that loads nothing from anywhere, and as plain text.

    Args:
        package: the package in whose ``templates`` folder ``name.html.j2`` and ``name.txt.j2`` lie.
    """
    return render_html(package, name, view), render_text(package, name, view)


def render_html(package: str, name: str, view: Mapping[str, object]) -> str:
    """The page alone, its styles inlined."""
    page = _environment(package).get_template(f"{name}.html.j2").render(view)
    return css_inline.inline(page, load_remote_stylesheets=False)


def render_text(package: str, name: str, view: Mapping[str, object]) -> str:
    """The plain text alone, ended by one line break."""
    return _environment(package).get_template(f"{name}.txt.j2").render(view).strip() + "\n"


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
    return environment

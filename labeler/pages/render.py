"""Templates -> one self-contained page."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from labeler.errors import LabelerError

try:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup
except ImportError as error:  # an extra: labelling does without pages
    raise LabelerError("pages need jinja2: pip install 'cxr-labeler[compare]'") from error

_FOLDER = Path(__file__).parent
VALUE_NAMES: dict[int | None, str] = {
    1: "positive",
    0: "negative",
    -1: "uncertain",
    None: "not mentioned",
}
VALUE_CLASSES: dict[int | None, str] = {1: "pos", 0: "neg", -1: "unc", None: "none"}
VALUE_SIGNS: dict[int | None, str] = {1: "+", 0: "−", -1: "?", None: "·"}


def percent(value: float) -> str:
    """Return a share as a place along a plot, with a margin for the marks at both ends."""
    return f"{2 + 96 * value:.2f}%"


def figure(value: float | None, digits: int = 3) -> str:
    """Return a figure as text; an undefined one is a dash."""
    return "–" if value is None else f"{value:.{digits}f}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,  # whatever the suffix: every text is a patient's or a user's
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = percent
    environment.filters["figure"] = figure
    environment.globals["value_names"] = VALUE_NAMES
    environment.globals["value_classes"] = VALUE_CLASSES
    environment.globals["value_signs"] = VALUE_SIGNS
    return environment


def render(template: str, **context: Any) -> str:
    """Render a template that extends `base.html`.

    The page's own script and style are allowed by their hashes and nothing else is, so that markup
    which slipped through could neither run nor load anything.

    Args:
        template: file name in `templates/`.
        context: what the template shows; `title` always.

    Returns:
        The page, UTF-8 text.
    """
    style = (_FOLDER / "static" / "page.css").read_text(encoding="utf-8")
    script = _script(template)
    return (
        _environment()
        .get_template(template)
        .render(
            style=Markup(style),
            script=Markup(script),
            style_hash=_hash(style),
            script_hash=_hash(script),
            **context,
        )
    )


def _script(template: str) -> str:
    """The script of all pages, then the template's own, if it has one, in one scope."""
    parts = [_FOLDER / "static" / "common.js", _FOLDER / "static" / f"{Path(template).stem}.js"]
    texts = [part.read_text(encoding="utf-8") for part in parts if part.is_file()]
    return "(() => {\n" + "\n".join(texts) + "})();\n"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

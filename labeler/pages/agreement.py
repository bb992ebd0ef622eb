"""The page of readers' agreement."""

from typing import Any

from labeler.pages.render import render


def agreement_page(result: dict[str, Any]) -> str:
    """Render an `agreement_dict` as one self-contained page."""
    return render("agreement.html", title="Agreement between readers", result=result)

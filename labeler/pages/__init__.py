"""Self-contained pages: one file, no network, every text escaped.

All pages share one base (`templates/base.html`), one style sheet and one
script (`static/common.js`); a page's own script has its template's name.
"""

from labeler.pages.agreement import agreement_page
from labeler.pages.comparison import comparison_page
from labeler.pages.render import render

__all__ = ["agreement_page", "comparison_page", "render"]

"""A text without the remnants of other formats: tags, entities, RTF, hyphens at line ends.

What is taken out leaves as many characters behind, so that every offset stays that of the text as it was
read: blanks, or, inside a word, soft hyphens, which the tokenizer passes over.
"""

import html
import re
import unicodedata
from functools import lru_cache

import regex

from labeler.rules.text_schema import Accents

SOFT = "\xad"
_ODD = re.compile("[\xa0\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff\uff01-\uff5e]")
_BROKEN = re.compile(r"-[^\S\n]*\n")
_TAG = regex.compile(r"<(?:!--[^<>]{0,999}--|/?(?P<name>\p{L}\w{0,15})(?:\s[^<>]{0,999})?/?)>")
_LINES = frozenset(
    (
        "p",
        "br",
        "div",
        "li",
        "tr",
        "ul",
        "ol",
        "table",
        "section",
        "hr",
        "dd",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
    )
)
_CHECKED = re.compile(r"(?i)\schecked\b(?!\s*=\s*[\"']?false)")
_BOLD = re.compile(r"(?<![\w_])__(?=[^\W\d_])|(?<=[^\W\d_])__(?![\w_])|(?<=[^\W\d_]:)__(?!_)")
_REPEATED = re.compile(r"~(?=[^\W\d_]{2})")
_CELLS = frozenset(("td", "th"))
_ENTITY = regex.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|\p{L}\w{1,30});")
_RTF = regex.compile(
    r"\{\\(?:\*|fonttbl|colortbl|stylesheet|info)[^{}]{0,9999}(?:\{[^{}]{0,999}\}[^{}]{0,999}){0,999}\}"
    r"|\\(?P<line>par|line|row|sect)\b ?|\\(?P<tab>tab|cell)\b ?|\\'(?P<byte>[0-9a-f]{2})"
    r"|\\\*?[a-z]+-?\d* ?|[{}]",
)
_HYPHEN = regex.compile(r"(?<=\p{L})-[^\S\n]*\n[^\S\n]*(?=\p{Ll})")
_WIDE: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# Letters without their accents, and accents that stand apart from their letter.
_BARE: dict[int, str] = {
    code: parts[0]
    for code in range(0xC0, 0x250)
    if len(parts := unicodedata.normalize("NFD", chr(code))) > 1
} | dict.fromkeys(range(0x300, 0x370), SOFT)
# A blank by any other code, "no-break space" the most frequent.
_BLANK: dict[int, int | str] = dict.fromkeys(
    (0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " "
)
_UNSEEN: dict[int, int | str] = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF), SOFT)


@lru_cache(maxsize=16)
def plain_text(text: str, accents: Accents = "kept") -> str:
    """The text without remnants of HTML and RTF, and without accents if these are `folded`; of the same length."""
    if accents == "folded" and not text.isascii():
        text = text.translate(_BARE)
    if not _has_remnants(text):
        return text
    text = text.translate(_WIDE | _BLANK | _UNSEEN)
    if "<" in text:
        text = _TAG.sub(_tag, text)
    if "~" in text:
        text = _REPEATED.sub("\n", text)  # what parts the lines of an HL7 field
    if "__" in text:
        text = _BOLD.sub("  ", text)
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    if text.lstrip().startswith("{\\rtf") or "\\par" in text:
        text = _RTF.sub(_control, text)
    return str(_HYPHEN.sub(lambda match: SOFT * len(match.group()), text))


def _has_remnants(text: str) -> bool:
    """May a text hold anything that is not plain? Nearly none does, so the quickest tests come first."""
    return (
        "<" in text
        or "&" in text
        or "~" in text
        or "__" in text
        or "\\" in text
        or ("\n" in text and "-" in text and _BROKEN.search(text) is not None)
        or (not text.isascii() and _ODD.search(text) is not None)
    )


def _padded(sign: str, length: int) -> str:
    """A sign and what fills the place of what it stood for."""
    return sign + (SOFT if sign.isalpha() else " ") * (length - len(sign))


def _tag(match: "regex.Match[str]") -> str:
    name = (match["name"] or "").lower()
    if name == "input" and "checkbox" in match.group().lower():
        ticked = _CHECKED.search(match.group())
        return _padded("☑" if ticked else "☐", len(match.group()))
    closing = match.group().startswith("</")
    sign = "\n" if name in _LINES else "|" if name in _CELLS and not closing else " "
    return _padded(sign, len(match.group()))


def _entity(match: "regex.Match[str]") -> str:
    sign = html.unescape(match.group())
    # no run of blanks, which would part columns
    return sign + SOFT * (len(match.group()) - 1) if len(sign) == 1 else str(match.group())


def _control(match: "regex.Match[str]") -> str:
    sign = "\n" if match["line"] else "\t" if match["tab"] else " "
    if match["byte"]:
        sign = bytes.fromhex(match["byte"]).decode("cp1252", "replace")
    return _padded(sign, len(match.group()))

"""FHIR R4 `DiagnosticReport` resources: their text, and the references to keep with the labels.

https://hl7.org/fhir/R4/diagnosticreport.html. The text is `presentedForm` (text/plain, else
text/html) or else the narrative, `text.div`; the `conclusion` stands below it, unless it is part of
it. Forms that are not text (PDF, RTF, a link) are left out.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from email.message import Message
from html.parser import HTMLParser
from typing import Any

from labeler.readers.mappings import Row
from labeler.readers.records import Rejection

_BREAKS = frozenset(
    (
        *("address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "hr", "li", "ol", "p"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "pre", "section", "table", "td", "th", "tr", "ul"),
    )
)
_SILENT = frozenset(("script", "style", "head", "title"))


def is_resource(value: Mapping[str, object]) -> bool:
    """Whether a JSON object is a FHIR resource, or an entry of a Bundle that holds one."""
    return isinstance(_unwrapped(value).get("resourceType"), str)


def report_rows(rows: Iterator[Row]) -> Iterator[Row]:
    """Turn each DiagnosticReport into a row, drop the other resources, keep what is not FHIR."""
    for row in rows:
        if isinstance(row.values, Rejection) or not is_resource(row.values):
            yield row
            continue
        resource = _unwrapped(row.values)
        if resource["resourceType"] != "DiagnosticReport":
            continue
        try:
            values = _report(resource, row.values)
        except (ValueError, LookupError, TypeError, AttributeError):
            # an AttributeError or TypeError: a list where the standard has an object, and the like
            reason = "a DiagnosticReport whose text cannot be read: is it FHIR R4, in base64?"
            yield replace(row, values=Rejection("", 0, row.line, "", None, reason))
            continue
        yield replace(row, values=values)


def _unwrapped(value: Mapping[str, Any]) -> Mapping[str, Any]:
    resource = value.get("resource")
    return resource if isinstance(resource, dict) else value


def _report(resource: Mapping[str, Any], entry: Mapping[str, Any]) -> dict[str, object]:
    name = resource.get("id") or str(entry.get("fullUrl", "")).removeprefix("urn:uuid:")
    studies = [_reference(study) for study in resource.get("imagingStudy", ())]
    return {
        "id": name or None,
        "text": _text(resource),
        "subject": _reference(resource.get("subject")),
        "imaging_study": "|".join(filter(None, studies)),
        "status": resource.get("status"),
        "effective": resource.get("effectiveDateTime"),
        "fhir_reference": f"DiagnosticReport/{name}",
    }


def _reference(value: Mapping[str, Any] | None) -> str:
    """A Reference as text: where it points, or all of it as JSON where it only describes."""
    if not value:
        return ""
    return str(value.get("reference") or json.dumps(value, ensure_ascii=False))


def _text(resource: Mapping[str, Any]) -> str:
    forms: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    for form in resource.get("presentedForm", ()):
        header = Message()
        header["content-type"] = str(form.get("contentType", ""))
        kind = header.get_content_type() if form.get("contentType") else ""
        if kind in forms and form.get("data"):
            charset = header.get_content_charset("utf-8")
            forms[kind].append(_decoded(form["data"]).decode(charset))
    narrative = resource.get("text", {})
    if forms["text/plain"]:
        text = "\n\n".join(forms["text/plain"])
    elif forms["text/html"]:
        text = "\n\n".join(map(html_text, forms["text/html"]))
    elif narrative.get("status") != "empty":
        text = html_text(narrative.get("div", ""))
    else:
        text = ""
    conclusion = resource.get("conclusion") or ""
    if " ".join(conclusion.split()) in " ".join(text.split()):
        return text
    return f"{text.rstrip()}\n\n{conclusion}" if text.strip() else conclusion


def _decoded(data: str) -> bytes:
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except binascii.Error as error:
        raise ValueError("no base64") from error


def html_text(html: str) -> str:
    """Return the text of HTML, a line a block."""
    reader = _TextOfHtml()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)


class _TextOfHtml(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._silent, self._as_is = 0, 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent += tag in _SILENT
        self._as_is += tag == "pre"
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0
        self._as_is -= tag == "pre" and self._as_is > 0
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data if self._as_is else data.replace("\n", " "))

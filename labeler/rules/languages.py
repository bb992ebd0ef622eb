"""The rules of one language, or of all that a rule folder has."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from labeler.errors import InputError
from labeler.rules.load import LANGUAGE, RuleSet, load_rules, read_model
from labeler.rules.location import layers_of
from labeler.rules.text_schema import LanguageFile

AUTO = "auto"
"""Asks for each report to be read by the rules of its own language."""


def languages_asked(folder: str | Path | None, language: str) -> list[str]:
    """The language asked for, or with `AUTO` all that can be told, the one read where none is told first."""
    if language != AUTO:
        return [language]
    return list(dict.fromkeys([LANGUAGE, *load_languages(folder)]))


def load_asked(label_set: str | Sequence[str], folder: str | Path | None, language: str) -> RuleSet:
    """The rules of the language asked for; with `AUTO` those of the first, whose fingerprint is that of all.

    Label sets are the same in every language, and so is what they say. Every language is loaded, so that
    a mistake is told before the first report is read.

    Raises:
        InputError: the folder, the language or a label set does not exist.
        RulesError: a file is not valid.
    """
    first, *others = [
        load_rules(label_set, folder, name) for name in languages_asked(folder, language)
    ]
    if not others:
        return first
    digests = "".join(rules.fingerprint for rules in (first, *others))
    return replace(first, fingerprint=hashlib.sha256(digests.encode()).hexdigest())


def load_languages(folder: str | Path | None = None) -> dict[str, LanguageFile]:
    """What tells the languages of a rule folder apart, language -> its `language.yaml`.

    Raises:
        InputError: the folder does not exist.
        RulesError: a file is not valid.
    """
    layers = layers_of(folder)
    if not layers.top.is_dir():
        raise InputError(f"{layers.top}: no such rule folder")
    files = layers.glob("*/language.yaml")
    return {name.split("/")[0]: read_model(path, LanguageFile) for name, path in files.items()}

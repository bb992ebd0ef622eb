"""Remembers between runs how the phrases of a rule set are spelt: a third of the time that a start takes.

A rule set's tens of thousands of phrases fall into the same words each time. What they fell into is found by the
rule set's fingerprint and a digest of the code that spells.
"""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

from labeler.rules import phrases
from labeler.rules.cache import read_remembered, write_remembered
from labeler.rules.load import RuleSet
from labeler.text.tokens import Spellings, Tokenizer
from labeler.version import __version__

_KIND, _KEPT = "spellings", 4


def recall_spellings(rules: RuleSet, tokenizer: Tokenizer) -> bool:
    """Give a tokenizer what a run before learnt; `False` where there is nothing."""
    content = read_remembered(_KIND, _key(rules))
    if content is None:
        return False
    try:
        learnt = Spellings(*json.loads(content))
        if not all(isinstance(options, list) for options in learnt.spelt.values()):
            return False
        tokenizer.recall(learnt)
    except (ValueError, TypeError, AttributeError):  # not what was written
        return False
    return True


def remember_spellings(rules: RuleSet, tokenizer: Tokenizer) -> None:
    """Remember what a tokenizer learnt from the phrases of its rules, for later runs."""
    write_remembered(_KIND, _key(rules), json.dumps(tokenizer.learnt), _KEPT)


def _key(rules: RuleSet) -> str:
    stemmer = version("snowballstemmer") if rules.spelling.inflection.stemmer else ""
    made_by = f"{__version__}\0{stemmer}\0{rules.language}\0{rules.fingerprint}"
    digest = hashlib.sha256(made_by.encode())
    for file in (*sorted(Path(__file__).parent.glob("*.py")), Path(phrases.__file__)):
        if file.suffix == ".py":
            digest.update(file.read_bytes())
    return digest.hexdigest()

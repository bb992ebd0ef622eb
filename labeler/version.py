"""The version of the package, and how it was built."""

from importlib.machinery import ExtensionFileLoader
from importlib.util import find_spec

__version__ = "0.1.0"


def is_compiled() -> bool:
    """Whether the modules that read sentences are compiled, as in the optional wheel."""
    spec = find_spec("labeler.text.tokens")  # looked for, not imported: `--version` needs no rules
    return spec is not None and isinstance(spec.loader, ExtensionFileLoader)

"""Where the rule files that come with the package are."""

from pathlib import Path


def rules_folder() -> Path:
    """The default rule folder: `_rules` inside an installed wheel, `rules/` beside the package in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_rules"
    return installed if installed.is_dir() else package.parent / "rules"

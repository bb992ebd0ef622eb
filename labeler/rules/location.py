"""Where rule files are: the folder that comes with the package, and overlays on top of it."""

from dataclasses import dataclass
from pathlib import Path

OVERLAY = "overlay.yaml"
"""The file that makes a folder an overlay: what it lacks is taken from the package's rules."""


def rules_folder() -> Path:
    """The default rule folder: `_rules` inside an installed wheel, `rules/` beside the package in a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "_rules"
    return installed if installed.is_dir() else package.parent / "rules"


@dataclass(frozen=True, slots=True)
class Layers:
    """A rule folder, or an overlay with the package's rules below it.

    Attributes:
        roots: the folders; a file in an earlier one takes the place of the same file in a later one.
    """

    roots: tuple[Path, ...]

    @property
    def top(self) -> Path:
        """The folder that was named."""
        return self.roots[0]

    @property
    def is_overlay(self) -> bool:
        """Does it lie on other rules?"""
        return len(self.roots) > 1

    def path(self, relative: str) -> Path:
        """Where a file is; where it would be, if there is none."""
        return next(
            (p for root in self.roots if (p := root / relative).exists()), self.top / relative
        )

    def glob(self, pattern: str) -> dict[str, Path]:
        """All files that match, by their path in the folder, sorted."""
        found = {
            path.relative_to(root).as_posix(): path
            for root in reversed(self.roots)
            for path in root.glob(pattern)
        }
        return dict(sorted(found.items()))


def layers_of(folder: str | Path | None) -> Layers:
    """The layers of a rule folder; the package's own rules where none is named."""
    shipped = rules_folder()
    top = Path(folder) if folder is not None else shipped
    return Layers((top, shipped) if (top / OVERLAY).is_file() else (top,))

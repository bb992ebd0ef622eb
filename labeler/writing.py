"""Text files that appear whole or not at all."""

from pathlib import Path

from labeler.errors import InputError


def write_text(path: Path, text: str) -> None:
    """Write a file beside its place, then rename it.

    Raises:
        InputError: the folder is missing, or the place cannot be written to.
    """
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(path)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror}); choose another place"
        ) from error
    finally:
        beside.unlink(missing_ok=True)

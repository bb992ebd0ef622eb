"""How every command reads its arguments."""

from collections import Counter
from typing import Any

from typer.core import TyperCommand

from labeler.errors import InputError


class Command(TyperCommand):
    """A command that takes no option twice, but for those that may be repeated.

    Of `--text a --text b` the first would be dropped without a word.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the command line.

        Raises:
            InputError: an option with one value is given several times.
        """
        _, _, order = self.make_parser(ctx).parse_args(list(args))
        for option, times in Counter(order).items():
            once = not getattr(option, "multiple", True) and not getattr(option, "is_flag", False)
            if once and times > 1:
                raise InputError(
                    f"{max(option.opts, key=len)} is given {times} times: give it once"
                )
        return super().parse_args(ctx, args)

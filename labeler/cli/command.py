"""How every command reads its arguments."""

from collections import Counter
from typing import Any

import typer
from typer.core import TyperCommand

from labeler.errors import InputError

# What every mistake on the command line is; newer releases of typer have a click of their own.
_UsageError: Any = typer.BadParameter.__bases__[0]


class Command(TyperCommand):
    """A command that takes no option twice, but for those that may be repeated.

    Of `--text a --text b` the first would be dropped without a word.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the command line.

        Raises:
            InputError: an option with one value is given several times, is unknown, is missing, or
                has a wrong value.
        """
        try:
            _, _, order = self.make_parser(ctx).parse_args(list(args))
            for option, times in Counter(order).items():
                flag = getattr(option, "is_flag", False)
                if not getattr(option, "multiple", True) and not flag and times > 1:
                    raise InputError(
                        f"{max(option.opts, key=len)} is given {times} times: give it once"
                    )
            return super().parse_args(ctx, args)
        except _UsageError as error:
            raise InputError(f"{error.format_message()} See {ctx.command_path} --help.") from None

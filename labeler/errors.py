"""The errors that a user can cause, each with a message that says where and what to do."""


class LabelerError(Exception):
    """Base of every error that `labeler` raises on purpose; the command line prints it in one line.

    Messages name places (file, line, row, column, byte) and never quote a report's text.
    """

    exit_code = 1


class InputError(LabelerError):
    """The user's input or options are wrong: a missing column, a bad byte, an unknown name."""

    exit_code = 2


class RulesError(InputError):
    """A rule file is wrong; the message names the file and the place in it."""

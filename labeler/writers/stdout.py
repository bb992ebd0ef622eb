"""Standard output: a reader that ends (`| head`) is not an error and stops no other output."""

import io
import os
import sys


class _Output(io.TextIOWrapper):
    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except BrokenPipeError:
            forget_stdout()
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except BrokenPipeError:
            forget_stdout()


def tolerate_closed_pipe() -> None:
    """From here on drop what is printed for a reader that is gone; the command goes on."""
    out = sys.stdout
    if out is not sys.__stdout__ or not isinstance(out, io.TextIOWrapper):
        return  # somebody else's, a test's or a notebook's
    encoding, errors, by_line = out.encoding, out.errors, out.line_buffering
    buffer = out.detach()
    sys.stdout = _Output(buffer, encoding, errors, line_buffering=by_line)


def write_stdout(data: bytes) -> bool:
    """Write bytes to standard output; False where nobody reads it any more."""
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        forget_stdout()
        return False
    return True


def forget_stdout() -> None:
    """Let what is still to be printed go nowhere, also what the interpreter flushes at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)

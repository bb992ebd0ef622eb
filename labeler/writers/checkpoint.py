"""Output files that appear whole or not at all, and a run that resumes where it was killed.

Everything is appended to `FILE.part` next to the final file. From time to time the parts are
flushed to disk, and then a small journal, `FILE.checkpoint`, is replaced: it holds the sizes of the
parts, the number of input rows behind them, and the fingerprint of the run. To resume is to cut the
parts back to those sizes and to go on behind those rows. Journal and parts lie in the output's
folder; nothing is written anywhere else. They and the files with text of reports are for their
owner alone, unless a file that they replace had another mode.

A file next to the output that happens to have a part's name, and is none, is never touched: a part is
what a journal names, or what is empty.
"""

import contextlib
import errno
import hashlib
import json
import os
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any, Self

from labeler.errors import InputError, LabelerError
from labeler.tables.places import PRIVATE, keep_mode, opener
from labeler.writers.formats import Format
from labeler.writers.journal import (
    beside,
    digest_of,
    explained,
    read_journal,
    sync_folder,
    write_journal,
)

try:
    import fcntl
except ImportError:  # Windows: two runs that write to one file cannot be distinguished there
    fcntl = None  # type: ignore[assignment]


class Checkpoint:
    """The output files of a run, growing together.

    Args:
        output: the final file that names the run, its folder holds the journal; `None` for a run
            that cannot be resumed and keeps none.
        files: the final files and their formats, `output` among them.
        fingerprint: what the run depends on, in words for the user -> its value.
        resume: go on with a killed run, if there is one.
        private: those of the files that hold text of reports.
        keeps: whether a run that fails can go on; otherwise the user has to run it again.

    Attributes:
        rows: number of input rows behind the last mark.
        counts: the figures given to the last mark.
        resumed: whether a killed run is being resumed.
        discards: whether a killed run could have been resumed and is overwritten.

    Raises:
        InputError: a folder is missing or not writable; a killed run cannot be resumed, and why; a
            file that is not of a run has the name of one of its parts.
        LabelerError: another run is writing the same file, or the disk is full.
    """

    def __init__(
        self,
        output: Path | None,
        files: Mapping[Path, Format],
        fingerprint: Mapping[str, str],
        *,
        resume: bool,
        private: Collection[Path] = (),
        keeps: bool = True,
    ) -> None:
        self._keeps = keeps
        self.rows = 0
        self.counts: dict[str, Any] = {}
        self._journal = beside(output, ".checkpoint") if output is not None else None
        self._output = output
        self._files = dict(files)
        self._private = frozenset(private)
        self._fingerprint = dict(fingerprint)
        self._handles: dict[Path, IO[bytes]] = {}
        self._moved: set[Path] = set()
        self._sizes = [0] * len(files)
        self._digests = [hashlib.blake2b(digest_size=16) for _ in files]  # of what is appended
        self._marked = [digest.hexdigest() for digest in self._digests]
        self._complete = False
        for final in files:
            if final.is_dir():
                raise InputError(f"{final}: is a folder; name a file")
            if not final.parent.is_dir():
                raise InputError(f"{final}: there is no folder {final.parent}: create it first")
        saved = self._load()
        self._refuse_strangers(saved)
        begun = saved is not None and saved["rows"] > 0
        self.resumed = self._committed = resume and begun
        self.discards = begun and not resume
        if self.resumed and saved is not None:
            self._check_fingerprint(saved)
        try:
            for final in files:
                done = self.resumed and saved is not None and saved["complete"]
                if done and not beside(final, ".part").exists():
                    self._moved.add(final)
                self._handles[final] = self._open_part(final)
            if self.resumed and saved is not None:
                self._restore(saved)
            else:
                self._start(saved)
        except BaseException:
            self.close()
            raise

    @property
    def is_complete(self) -> bool:
        """Whether the files are whole; a resumed run may have had only to move them in place."""
        return self._complete

    def append(self, final: Path, data: bytes) -> None:
        """Append to one of the files; it counts only after the next `mark`."""
        with self._explained(final):
            self._handles[final].write(data)
        self._digests[list(self._files).index(final)].update(data)

    def mark(self, rows: int, counts: Mapping[str, Any]) -> None:
        """Say that the files fit together now; this is what the next `commit` keeps.

        Args:
            rows: number of input rows behind them.
            counts: figures of the run so far, given back as `counts` when it is resumed.
        """
        self.rows = rows
        # A copy: the caller goes on counting.
        self.counts = json.loads(json.dumps(counts))
        self._sizes = [handle.tell() for handle in self._handles.values()]
        self._marked = [digest.hexdigest() for digest in self._digests]

    def commit(self) -> None:
        """Make the last mark survive a kill."""
        for final, handle in self._handles.items():
            with self._explained(final):
                handle.flush()
                os.fsync(handle.fileno())
        self._save(complete=False)

    def finish(self) -> None:
        """Commit, and give the files their final names."""
        self.commit()
        self._finish_formats()
        self._save(complete=True)
        self._complete = True
        self._move()

    def abandon(self, *, keep: bool) -> None:
        """Close the files of a run that failed.

        Args:
            keep: commit the last mark; otherwise keep the files only if something was committed.
        """
        if keep and self.rows and not self._complete:
            # On a full disk the last commit stands.
            with contextlib.suppress(LabelerError):
                self.commit()
        if self._committed:
            self.close()
        else:
            self.discard()

    def discard(self) -> None:
        """Close the files and drop them, and the journal."""
        self.close()
        for final in self._files:
            beside(final, ".part").unlink(missing_ok=True)
            beside(final, ".whole").unlink(missing_ok=True)
        self._drop_journal()

    def close(self) -> None:
        """Close the files as they are."""
        for handle in self._handles.values():
            # What a full disk did not take is not committed, and so not missed.
            with contextlib.suppress(OSError):
                handle.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _load(self) -> dict[str, Any] | None:
        return read_journal(self._journal) if self._journal is not None else None

    def _refuse_strangers(self, saved: Mapping[str, Any] | None) -> None:
        """Raise InputError where a file that no run wrote has the name of a part."""
        known = {*saved["parts"]} if saved is not None else set()
        for final in self._files:
            for suffix in (".part", ".whole"):
                path = beside(final, suffix)
                if self._name(final) in known or not path.exists():
                    continue
                if not path.is_file() or path.stat().st_size:
                    raise InputError(
                        f"{path}: is there, and no journal says that it is the part of a run: "
                        "delete it, or move it if it is something else"
                    )

    def _check_fingerprint(self, saved: Mapping[str, Any]) -> None:
        before = saved["fingerprint"]
        changed = [key for key in self._fingerprint if before.get(key) != self._fingerprint[key]]
        changed += [key for key in before if key not in self._fingerprint]
        if changed:
            raise InputError(
                f"{self._output}: cannot resume, changed since the killed run: {', '.join(changed)}; "
                "change it back, or run without --resume to start anew"
            )

    def _explained(self, final: Path) -> AbstractContextManager[None]:
        return explained(final, keeps=self._keeps)

    def _name(self, final: Path) -> str:
        """How the journal names a file: by its way from the journal's folder."""
        return os.path.relpath(final, self._journal.parent) if self._journal else final.name

    def _start(self, dropped: Mapping[str, Any] | None) -> None:
        """Begin with empty parts; the journal says from now on that they are a run's.

        Args:
            dropped: the journal of a killed run, whose other parts go.
        """
        for name in dropped["parts"] if dropped is not None else ():
            assert self._journal is not None
            final = self._journal.parent / name
            if name not in map(self._name, self._files):
                with contextlib.suppress(OSError):
                    beside(final, ".part").unlink(missing_ok=True)
                    beside(final, ".whole").unlink(missing_ok=True)
        for final, handle in self._handles.items():
            with self._explained(final):
                handle.seek(0)  # opened for appending, it stands at the end
                handle.truncate()
        self._save(complete=False)
        self._committed = False  # there is nothing yet to resume

    def _open_part(self, final: Path) -> IO[bytes]:
        part = beside(final, ".part")
        try:
            create = opener(final, private=final in self._private)
            handle = open(part, "ab", opener=create)  # noqa: SIM115 - closed by close()
        except OSError as error:
            reason = error.strerror
            raise InputError(f"{final}: cannot write into {part.parent}: {reason}") from error
        if fcntl is not None:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                # Cluster file systems may know no locks: the run goes on without one there.
                if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                    handle.close()
                    raise LabelerError(f"{final}: another run is writing it") from error
        return handle

    def _restore(self, saved: dict[str, Any]) -> None:
        if saved["complete"]:
            self._complete = True
            self.rows, self.counts = saved["rows"], saved["counts"]
            self._move()
            return
        parts = zip(self._handles.items(), saved["sizes"], saved["digests"], strict=True)
        for place, ((final, handle), size, expected) in enumerate(parts):
            part = beside(final, ".part")
            if os.fstat(handle.fileno()).st_size < size:
                raise InputError(
                    f"{part}: cannot resume, it is shorter than the killed run "
                    "left it; run without --resume to start anew"
                )
            digest = digest_of(part, size)
            if digest.hexdigest() != expected:
                raise InputError(
                    f"{part}: cannot resume, it is not as the killed run left it; run without "
                    "--resume to start anew"
                )
            self._digests[place] = digest
            handle.truncate(size)
            handle.seek(size)
        self.rows, self.counts = saved["rows"], saved["counts"]
        self._sizes, self._marked = saved["sizes"], saved["digests"]

    def _save(self, *, complete: bool) -> None:
        record = {
            "fingerprint": self._fingerprint,
            "parts": [self._name(final) for final in self._files],
            "rows": self.rows,
            "sizes": self._sizes,
            "digests": self._marked,
            "counts": self.counts,
            "complete": complete,
        }
        if self._journal is None:
            return
        with self._explained(self._journal):
            write_journal(self._journal, record)
        self._committed = True

    def _finish_formats(self) -> None:
        for final, form in self._files.items():
            if form.finish is None:
                continue
            whole = beside(final, ".whole")
            with self._explained(final):
                try:
                    create = opener(final, private=final in self._private)
                    open(whole, "ab", opener=create).close()
                    form.finish(beside(final, ".part"), whole)
                    if final in self._private:
                        os.chmod(whole, PRIVATE)  # a format may write a separate file
                    with open(whole, "rb+") as handle:
                        os.fsync(handle.fileno())
                except OSError:
                    whole.unlink(missing_ok=True)  # half a file on a full disk helps nobody
                    raise

    def _move(self) -> None:
        """Rename the parts; done again after a kill, it does what was left to do."""
        if fcntl is None:
            self.close()  # Windows renames no open file
        for final, form in self._files.items():
            part, whole = beside(final, ".part"), beside(final, ".whole")
            with self._explained(final):
                if form.finish is None:
                    if final not in self._moved:
                        keep_mode(part, final)
                        os.replace(part, final)
                elif whole.exists():
                    keep_mode(whole, final)
                    os.replace(whole, final)
                part.unlink(missing_ok=True)
                sync_folder(final.parent)
        self.close()
        self._drop_journal()

    def _drop_journal(self) -> None:
        if self._journal is not None:
            with self._explained(self._journal):
                self._journal.unlink(missing_ok=True)

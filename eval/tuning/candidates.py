"""The folder of candidates: ordinary prompt files, each written before it is first tried."""

from pathlib import Path

from eval.tuning.prompt_parts import Parts, PromptFile, name_candidate, name_file, put_together
from pipeline.console.destination import find_target, write_file
from pipeline.errors import UsageError


class Candidates:
    """Prompt files of one search in one folder; the prompt that it begins with is its own file.

    Raises `UsageError` where the folder cannot be used.
    """

    def __init__(
        self, folder: Path, origin: str, file: PromptFile, db: Path, *, force: bool
    ) -> None:
        self.folder = folder
        self._origin = origin
        self._file = file
        self._db = db
        self._force = force
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"--to {folder}: cannot be made: {error.strerror}") from error

    def write(self, parts: Parts) -> str:
        """Give the path of the prompt of these parts, written if it is not there yet.

        Raises `UsageError` where a file of its name says something else, unless `force`.
        """
        if parts == self._file.parts:
            return self._origin
        path = self.folder / name_file(name_candidate(self._file, parts))
        content = put_together(self._file, parts)
        if not _holds(path, content):
            target = find_target(path, self._db, force=self._force)
            write_file(target, lambda out: out.write(content))
        return str(path)


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except OSError:
        return False

"""The documents on their way to a reader, and the sources that each was found in."""

from schemas.document import Source


class InFlight:
    """Documents by ID; `begun` counts those that a reader has in hand."""

    def __init__(self) -> None:
        self.begun = 0
        self._sources: dict[str, list[Source]] = {}

    def __len__(self) -> int:
        """Count the documents."""
        return len(self._sources)

    def __contains__(self, document_id: str) -> bool:
        """Tell whether a document is on its way."""
        return document_id in self._sources

    def add(self, document_id: str, source: Source) -> None:
        """Take a document, or a further source of one."""
        self._sources.setdefault(document_id, []).append(source)

    def name(self, document_id: str) -> str:
        """Name a document by its first source."""
        sources = self._sources.get(document_id)
        return str(sources[0]) if sources else document_id

    def pop(self, document_id: str) -> list[Source]:
        """Let go of a document; give its sources, the first one first."""
        return self._sources.pop(document_id)

"""What asks a running `jornada review` as its page does, but for the page."""

import http.client
import json
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from tests.processes import PATIENCE, wait_until


@dataclass(frozen=True)
class Client:
    """Asks the server at an address that ends in its token and a slash."""

    address: str

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, str]:
        """Give the status and the body of an answer; raises `OSError` where the server is gone."""
        parts = urlsplit(self.address)
        sent = None if body is None else json.dumps(body)
        own = {"Origin": f"http://{parts.netloc}", "Sec-Fetch-Site": "same-origin"}
        with closing(http.client.HTTPConnection(parts.netloc, timeout=PATIENCE)) as connection:
            try:
                connection.request(method, parts.path + path, sent, own | headers)
                answer = connection.getresponse()
                return answer.status, answer.read().decode()
            except http.client.HTTPException as error:
                raise OSError(str(error)) from error

    def insist(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        """Ask as the page's script does: again, where the database cannot be had just now."""
        while (answer := self.ask(method, path, body))[0] == HTTPStatus.SERVICE_UNAVAILABLE:
            pass
        return answer

    def state(self, document_id: str) -> Any:  # noqa: ANN401 - any JSON
        """Give what the page of a document shows."""
        status, body = self.insist("GET", f"document/{document_id}/state?window=0")
        assert status == 200, body
        return json.loads(body)

    def decide(self, document_id: str, *decisions: dict[str, Any]) -> Any:  # noqa: ANN401 - see above
        """Send decisions; give what is shown then, once they are on disk. Raises `OSError`."""
        path = f"document/{document_id}/decisions?window=0"
        status, body = self.insist("POST", path, {"decisions": decisions})
        assert status == 200, body
        told = json.loads(body)
        assert told["refused"] == [], told["refused"]
        return told["state"]

    def wait_for_rows(self, number: int) -> None:
        """Wait until the queue shows at least so many documents."""

        def is_there() -> bool:
            with suppress(OSError):
                return self.ask("GET", "")[1].count('id="d-') >= number
            return False

        wait_until(is_there, "the queue")


def a_decision(kind: str, **about: object) -> dict[str, Any]:
    """Make a decision as the page sends it."""
    moment = datetime.now(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
    return {"decision_id": uuid4().hex, "kind": kind, "decided_at": moment, **about}


def accept(item: dict[str, Any]) -> dict[str, Any]:
    """Accept a figure as the page shows it."""
    return a_decision("accept", span=item["span"], figure=item["figure"])


def relabel(item: dict[str, Any], **labels: object) -> dict[str, Any]:
    """Give a figure other labels."""
    return a_decision("change", span=item["span"], figure={**item["figure"], **labels})


def figures_of(state: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any JSON
    """Give the figures of what a page shows."""
    return [item for item in state["items"] if item["kind"] == "figure"]

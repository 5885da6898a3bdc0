"""A local OpenAI-compatible server on which things go wrong, at a set rate. It is NOT a model.

It reads each bulletin as the baseline reader does, and writes that as the prompt's form wants it:
the same text gets the same answer, and every answer holds, unless a fault was asked for. Run it
from the project's folder:

    python -m examples.fault_server --port 8078 --faults 0.3

or, in a test, `with serving(Options(faults=0.3)) as server:`.
"""

from examples.fault_server.options import Options
from examples.fault_server.server import Serving, serving

__all__ = ["Options", "Serving", "serving"]

"""A backlog read by a Ray cluster: the same run, with its readers on many machines.

The driver is the process that `jornada extract` runs in. It keeps the gateway, tells how far the
run is, and alone writes into the database. The workers are Ray Data tasks: they load documents,
read them by the same code as everywhere, and ask the gateway of the driver through a relay before
each call to a model. What they read goes into Parquet shards beside the database, and from there
into it.
"""

from pipeline.on_ray.cluster import require_ray
from pipeline.on_ray.engine import Inputs, spread

__all__ = ["Inputs", "require_ray", "spread"]

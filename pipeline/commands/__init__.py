"""Commands of `jornada`, a file each, as `pipeline/cli.py` puts them together."""

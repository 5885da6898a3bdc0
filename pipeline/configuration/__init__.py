"""From what a person has set, wherever that is, to the settings of a run.

The command line, a profile of `jornada.toml`, the top of that file, and the environment: each is a
`Layer` or read like one, and the first that says something counts.
"""

"""Exit statuses of the command."""

FAILED, UNUSABLE, INTERRUPTED = 1, 2, 130
"""Some documents failed, what was given cannot be used, Ctrl-C; 0 is all well."""
PIPE_CLOSED = 141
"""Nobody listens to what is printed any more."""

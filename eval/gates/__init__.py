"""Gates for CI: how they are written, what they hold variants against, and whether they pass."""

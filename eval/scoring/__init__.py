"""Scores and statistics of readings against gold. Pure."""

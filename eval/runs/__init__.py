"""Eval runs: their plan, variants, and summaries; what the store keeps; what changed."""

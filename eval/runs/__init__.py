"""Eval runs: their plan, variants, summaries and gates; what the store keeps; what changed."""

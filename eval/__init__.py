"""Accuracy against hand-labelled gold."""

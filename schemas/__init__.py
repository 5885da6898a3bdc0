"""Shapes of the data that flows through the pipeline; they import pydantic and nothing of ours."""

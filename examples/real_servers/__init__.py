"""Servers that nobody here wrote, installed, started and asked by `jornada` itself.

    python -m examples.real_servers llama litellm aimock llmock

See docs/providers.md for what each is, and for what came out.
"""

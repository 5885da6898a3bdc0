"""A run over many documents."""

"""Gold that is saved of what people decided."""

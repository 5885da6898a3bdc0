"""The rules of the baseline reader: vocabulary, passages, items, scopes, jornadas."""

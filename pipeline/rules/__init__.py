"""The baseline: a reader by rules, and the vocabulary of the field that they use."""

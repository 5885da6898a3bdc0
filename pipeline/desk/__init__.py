"""The desk: what every call to a model passes, for its turn, its money and its keeping."""

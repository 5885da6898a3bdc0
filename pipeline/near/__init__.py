"""Near-identical bulletins: how they are known, and how a reading is made over for another."""

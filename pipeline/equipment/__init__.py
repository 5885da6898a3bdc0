"""What a run needs: which reader, built how, at what expected cost, in how many processes."""

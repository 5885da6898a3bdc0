"""What each call to a model passes: answers that are kept, rate limits, the budget, prices."""

"""What the review page has of labels: saving gold, texts that two people label apart, doubts."""

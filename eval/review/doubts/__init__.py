"""Labels of the gold that readers contradict."""

"""What each phrase and each rule of the baseline is worth: it is read without it, and scored."""

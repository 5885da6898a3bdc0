"""Where two people who labelled apart differ, and what of it holds for everybody."""

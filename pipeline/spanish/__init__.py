"""How the Spanish press prints what is read here: words of numbers, dates, accents, page feet."""

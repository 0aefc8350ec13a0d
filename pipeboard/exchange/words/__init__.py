"""Words that files of the world use for months, currencies and outcomes."""

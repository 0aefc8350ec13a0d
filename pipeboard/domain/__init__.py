"""Every rule and every number of the sales pipeline; the standard library only."""

"""Every number a second time, plainly, from `DEFINITIONS.md` alone."""

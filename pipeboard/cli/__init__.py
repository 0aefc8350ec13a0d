"""The command line: one small module a family of verbs."""

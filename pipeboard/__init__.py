"""Pipeboard: a sales pipeline worked by keys, in the terminal."""

__version__ = "0.1.0"

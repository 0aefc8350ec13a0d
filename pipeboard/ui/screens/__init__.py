"""Screens and what opens over them."""

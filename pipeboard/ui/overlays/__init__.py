"""Overlays: a few lines over a screen that ask for something, with a draft of what is typed."""

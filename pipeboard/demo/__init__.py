"""A made-up team and its deals, the same for a seed, with dates relative to now."""

from pipeboard.demo.building import SETTINGS, DemoReport, build

__all__ = ["SETTINGS", "DemoReport", "build"]

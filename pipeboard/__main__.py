"""`python -m pipeboard`."""

from pipeboard.cli.main import run

run()

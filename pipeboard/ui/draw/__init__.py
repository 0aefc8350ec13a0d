"""Drawing: pure functions from frozen values to lines of text and roles."""

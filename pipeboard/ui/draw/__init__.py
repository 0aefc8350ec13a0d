"""Everything that is drawn, as pure functions from frozen values to lines of text and roles."""

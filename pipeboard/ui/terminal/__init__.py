"""The floor under the screens: bytes to the terminal, bytes from it, and leaving it clean."""

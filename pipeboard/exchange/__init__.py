"""Files in and out: reading exports of other tools, writing our own."""

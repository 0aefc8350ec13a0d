"""Actions: what keys do, a module a family, as functions over the screen they are pressed on."""

"""All the Textual: screens, widgets, keys and drawing."""

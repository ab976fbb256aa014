"""The composition root: builds every part from settings and keeps the platforms listening."""

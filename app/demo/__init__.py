"""The demo: one real purchase through every room."""

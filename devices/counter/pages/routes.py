"""All pages of the counter under one router, in the order they are found."""

from devices.counter.pages import book, day, setup
from devices.counter.pages.till import router

__all__ = ["book", "day", "router", "setup"]

"""`python -m app …` is the command `daogou …`."""

from app.cli import main

main()

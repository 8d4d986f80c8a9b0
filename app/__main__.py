"""`python -m app …` is the command `daogou …`.

A code box is a small machine: `daogou box` starts without the shop around it.
"""

import sys

if sys.argv[1:2] == ["box"]:
    from app.box_commands import box

    box(args=sys.argv[2:], prog_name="daogou box")
else:
    from app.cli import main

    main()

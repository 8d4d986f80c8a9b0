"""Lists of members that leave in a file or as a tag: who asked, what for, how long, who looked."""

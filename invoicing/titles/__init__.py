"""Invoice titles (抬头) that need not be typed: remembered ones, a directory, the title QR."""

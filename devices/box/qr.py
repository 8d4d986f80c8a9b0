"""A QR symbol as modules, for printers that draw none: byte mode, level M, up to 106 bytes."""

from itertools import pairwise

# Of versions 1 to 6 at level M: all bytes, correction bytes of a block, blocks; where the small
# square stands.
_SIZES = {
    1: (26, 10, 1),
    2: (44, 16, 1),
    3: (70, 26, 1),
    4: (100, 18, 2),
    5: (134, 24, 2),
    6: (172, 16, 4),
}
_SQUARE = {2: 18, 3: 22, 4: 26, 5: 30, 6: 34}
MOST_BYTES = 106


def _tables() -> tuple[list[int], list[int]]:
    powers, logs, value = [0] * 512, [0] * 256, 1
    for at in range(255):
        powers[at] = powers[at + 255] = value
        logs[value] = at
        value = value << 1 ^ (0x11D if value & 0x80 else 0)
    return powers, logs


_POWERS, _LOGS = _tables()


def _times(left: int, right: int) -> int:
    return _POWERS[_LOGS[left] + _LOGS[right]] if left and right else 0


def _correction(data: bytes, count: int) -> bytes:
    generator = [1]
    for at in range(count):
        grown = [*generator, 0]
        for place, value in enumerate(generator):
            grown[place + 1] ^= _times(value, _POWERS[at])
        generator = grown
    rest = [*data, *[0] * count]
    for at in range(len(data)):
        lead = rest[at]
        for place, value in enumerate(generator):
            rest[at + place] ^= _times(value, lead)
    return bytes(rest[-count:])


def _codewords(data: bytes, version: int) -> bytes:
    total, extra, blocks = _SIZES[version]
    room = total - extra * blocks
    bits = f"0100{len(data):08b}" + "".join(f"{byte:08b}" for byte in data) + "0000"
    bits = bits[: room * 8].ljust(-(-min(len(bits), room * 8) // 8) * 8, "0")
    said = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))
    said += (b"\xec\x11" * room)[: room - len(said)]
    size = room // blocks
    parts = [said[at * size : (at + 1) * size] for at in range(blocks)]
    checks = [_correction(part, extra) for part in parts]
    return bytes(part[at] for at in range(size) for part in parts) + bytes(
        check[at] for at in range(extra) for check in checks
    )


def modules(data: bytes) -> list[list[bool]]:
    """Rows of dark (True) and light modules, without the quiet zone.

    Raises ValueError for more than 106 bytes.
    """
    if len(data) > MOST_BYTES:
        raise ValueError("too long for a receipt's QR symbol")
    version = next(v for v, (t, e, b) in _SIZES.items() if t - e * b - 2 >= len(data))
    fixed = _patterns(version)
    drawn = [_masked(fixed, _codewords(data, version), mask) for mask in range(4)]
    return min(drawn, key=_ugliness)


Grid = list[list[bool | None]]


def _patterns(version: int) -> Grid:
    size = 17 + 4 * version
    grid: Grid = [[None] * size for _ in range(size)]
    for top, left in ((0, 0), (0, size - 7), (size - 7, 0)):
        for y in range(-1, 8):
            for x in range(-1, 8):
                if 0 <= top + y < size and 0 <= left + x < size:
                    ring = max(abs(y - 3), abs(x - 3))
                    grid[top + y][left + x] = ring not in (2, 4)
    centre = _SQUARE.get(version)
    for y in range(-2, 3) if centre else ():
        for x in range(-2, 3):
            grid[(centre or 0) + y][(centre or 0) + x] = max(abs(y), abs(x)) != 1
    for at in range(8, size - 8):
        grid[6][at] = grid[at][6] = at % 2 == 0
    grid[size - 8][8] = True
    return grid


def _format_places(size: int) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    one = [(8, x) for x in (0, 1, 2, 3, 4, 5, 7, 8)] + [(y, 8) for y in (7, 5, 4, 3, 2, 1, 0)]
    two = [(size - 1 - at, 8) for at in range(7)] + [(8, size - 8 + at) for at in range(8)]
    return list(zip(one, two, strict=True))


_MASKS = (
    lambda y, x: (y + x) % 2 == 0,
    lambda y, x: y % 2 == 0,
    lambda y, x: x % 3 == 0,
    lambda y, x: (y + x) % 3 == 0,
)


def _masked(fixed: Grid, words: bytes, mask: int) -> list[list[bool]]:
    size, grid = len(fixed), [list(row) for row in fixed]
    rest = mask << 10  # level M is 00
    for at in range(14, 9, -1):
        rest ^= 0x537 << at - 10 if rest >> at & 1 else 0
    bits = (mask << 10 | rest) ^ 0x5412
    for at, (one, two) in enumerate(_format_places(size)):
        for y, x in (one, two):
            grid[y][x] = bool(bits >> 14 - at & 1)
    stream = iter("".join(f"{word:08b}" for word in words))
    for y, x in _snake(size):
        if grid[y][x] is None:
            grid[y][x] = (next(stream, "0") == "1") != _MASKS[mask](y, x)
    return [[bool(cell) for cell in row] for row in grid]


def _snake(size: int) -> list[tuple[int, int]]:
    places, is_up, right = [], True, size - 1
    while right > 0:
        right -= right == 6
        rows = range(size - 1, -1, -1) if is_up else range(size)
        places += [(y, x) for y in rows for x in (right, right - 1)]
        is_up, right = not is_up, right - 2
    return places


def _ugliness(grid: list[list[bool]]) -> int:
    """Long runs and plain squares make a symbol hard to read."""
    runs = 0
    for row in [*grid, *map(list, zip(*grid, strict=True))]:
        text = "".join("1" if cell else "0" for cell in row)
        runs += 3 * (text.count("00000") + text.count("11111"))
        runs += 40 * (text.count("10111010000") + text.count("00001011101"))
    squares = sum(
        above[x] == above[x + 1] == below[x] == below[x + 1]
        for above, below in pairwise(grid)
        for x in range(len(above) - 1)
    )
    return runs + 3 * squares


def raster(data: bytes, dots: int) -> bytes:
    """The symbol as a GS v 0 picture with `dots` printer dots a module and its quiet zone."""
    grid = modules(data)
    blank = [False] * (len(grid) + 8)
    rows = [blank] * 4 + [[*[False] * 4, *row, *[False] * 4] for row in grid] + [blank] * 4
    wide = -(-len(blank) * dots // 8)
    drawn = b"".join(_row_bytes(row, dots, wide) * dots for row in rows)
    return (
        b"\x1dv0\0" + wide.to_bytes(2, "little") + (len(rows) * dots).to_bytes(2, "little") + drawn
    )


def _row_bytes(row: list[bool], dots: int, wide: int) -> bytes:
    bits = "".join(("1" if cell else "0") * dots for cell in row).ljust(wide * 8, "0")
    return int(bits, 2).to_bytes(wide, "big")

"""Draws values over the blank pages of a layout, with reportlab.

Both speak one font subset: the layout's characters are given out first, so that its codes fit.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager

import qrcode  # type: ignore[import-untyped]
from reportlab import rl_config  # type: ignore[import-untyped]
from reportlab.lib.units import mm  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from invoicing.document import ink
from invoicing.document.layouts import FONT_NAME, Layout, Place

rl_config.useA85 = 0  # streams in binary: smaller, and not the work of turning them into letters
BLACK, CAPTION, RED, PALE = "0 0 0", ".545 .227 .118", ".757 .071 .122", ".933 .886 .867"
QR_SIZE = 20 * mm


class Pen:
    """Draws on one document, page by page, over the blank of a layout.

    Text goes out as plain PDF operators: reportlab's own text objects cost twice the time.
    """

    def __init__(self, layout: Layout, title: str) -> None:
        self.places: dict[str, Place] = {}
        self._out = io.BytesIO()
        self._layout = layout
        font = ink.font(ink.MAIN)  # the only one, so that no font is named that is not inside
        self._canvas = Canvas(
            self._out,
            pagesize=layout.size,
            pageCompression=1,
            invariant=1,
            initialFontName=ink.MAIN,
        )
        self._canvas.setTitle(title)
        self._doc = self._canvas._doc
        font.splitString(layout.characters, self._doc)
        if font.getSubsetInternalName(0, self._doc) != FONT_NAME:
            raise RuntimeError("the layout calls its font otherwise")
        self._known: set[int] = set()

    @contextmanager
    def page(self, number: int, mark: str) -> Iterator[None]:
        """A new page over blank `number` of the layout; the mark lies under everything."""
        blank = self._layout.pages[number]
        self.places = blank.places
        if number not in self._known:
            self._known.add(number)
            self._canvas.beginForm(f"blank{number}")
            self._canvas.addLiteral(blank.drawing)
            self._canvas.endForm()
        width, tall = self._layout.size
        if mark:
            self.write(mark, Place(width / 2, width / 2, tall / 2 - 17), "middle", 34, PALE)
        self._canvas.doForm(f"blank{number}")
        yield
        self._canvas.showPage()

    def write(
        self,
        text: str,
        place: Place,
        align: str = "left",
        size: float = 9,
        colour: str = BLACK,
    ) -> None:
        """One line. From the place's left end, its middle or its right end."""
        text = ink.shown(text)
        x = getattr(place, align)
        if align != "left":
            x -= ink.width(text, size) * (0.5 if align == "middle" else 1)
        put = [f"BT {colour} rg 1 0 0 1 {x:.2f} {place.y:.2f} Tm"]
        for name, part in ink.runs(text):
            font = ink.font(name)
            for subset, codes in font.splitString(part, self._doc):
                called = font.getSubsetInternalName(subset, self._doc)
                put.append(f"{called} {size:g} Tf <{codes.hex()}> Tj")
        self._canvas.addLiteral(" ".join([*put, "ET"]))

    def put(self, text: str, slot: str, align: str = "left", colour: str = BLACK) -> None:
        """One line of the usual size in a slot."""
        self.write(text, self.places[slot], align, colour=colour)

    def fit(self, text: str, slot: str, room: float, steps: tuple[tuple[float, int], ...]) -> None:
        """Lines of the largest size that fits, from the slot downwards."""
        size, lines = ink.fitted(ink.shown(text), room, steps)
        self.stack(lines, self.places[slot], "left", size)

    def stack(self, lines: list[str], place: Place, align: str, size: float) -> None:
        lead = size * 4 / 3 if size > 7 else size + 2
        for number, line in enumerate(lines):
            self.write(line, Place(place.left, place.right, place.y - lead * number), align, size)

    def qr(self, text: str) -> None:
        """A QR symbol of squares, top left. A fixed mask: the search for one costs 4 ms."""
        x, y = 7 * mm, 135 * mm
        code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0, mask_pattern=3)
        code.add_data(text)
        dots: list[list[bool]] = code.get_matrix()
        step = QR_SIZE / len(dots)
        squares = [
            f"{x + at * step:.3f} {y - (row + 1) * step:.3f} {length * step:.3f} {step:.3f} re"
            for row, line in enumerate(dots)
            for at, length in _dark(line)
        ]
        self._canvas.addLiteral(f"{BLACK} rg {' '.join(squares)} f")

    def end(self) -> bytes:
        self._canvas.save()
        return self._out.getvalue()


def _dark(line: list[bool]) -> list[tuple[int, int]]:
    """Start and length of each run of dark dots."""
    runs: list[tuple[int, int]] = []
    for at, is_dark in enumerate(line):
        if is_dark and runs and sum(runs[-1]) == at:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif is_dark:
            runs.append((at, 1))
    return runs

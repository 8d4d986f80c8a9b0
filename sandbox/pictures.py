"""QR codes as PNG bytes."""

import io

import qrcode  # type: ignore[import-untyped]
from PIL import Image


def qr_png(text: str, width: int = 430) -> bytes:
    """A square PNG, `width` pixels wide, of a QR code with its quiet zone."""
    code = qrcode.QRCode(border=4, box_size=1)
    code.add_data(text)
    code.make(fit=True)
    dots = code.get_matrix()
    small = Image.new("1", (len(dots), len(dots)), 1)
    small.putdata([0 if dark else 1 for row in dots for dark in row])
    whole = max(1, width // len(dots))
    scaled = small.resize((len(dots) * whole, len(dots) * whole), Image.Resampling.NEAREST)
    picture = Image.new("1", (max(width, scaled.width), max(width, scaled.width)), 1)
    edge = (picture.width - scaled.width) // 2
    picture.paste(scaled, (edge, edge))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()

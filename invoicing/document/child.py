"""HTML on stdin -> PDF on stdout, in a process of its own that may not use much (threat S12).

Started by path with `python -I`: it knows nothing of the shop, has no environment, reads no file
but the font, and fetches nothing. Arguments: path of the font, seconds of CPU, bytes of memory.
"""

import io
import resource
import sys

import xhtml2pdf.default  # type: ignore[import-untyped]
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy  # type: ignore[import-untyped]

MOST_HTML = 2 * 1024 * 1024
MISSING = "〓"  # typesetters' mark for a character that is not at hand


def lock_up(cpu_s: int, memory: int) -> None:
    """From here on: bounded CPU and memory, few open files, none written."""
    for limit, most in (
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def render(html: str, font_path: str) -> bytes:
    """Raises RuntimeError when the renderer reports an error."""
    font = TTFont("cjk", font_path)
    pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily("cjk", *["cjk"] * 4)
    xhtml2pdf.default.DEFAULT_FONT["cjk"] = "cjk"
    known = font.face.charToGlyph
    shown = "".join(c if ord(c) in known or c.isspace() else MISSING for c in html)
    out = io.BytesIO()
    policy = ResourceAccessPolicy.server(None, allow_remote=False)
    result = pisa.CreatePDF(shown, dest=out, encoding="utf-8", resource_policy=policy)
    if result.err:
        raise RuntimeError("the renderer reports an error")
    return out.getvalue()


if __name__ == "__main__":
    font_path, cpu_s, memory = sys.argv[1:]
    lock_up(int(cpu_s), int(memory))
    page = sys.stdin.buffer.read(MOST_HTML + 1)
    if len(page) > MOST_HTML:
        sys.exit("too long")
    sys.stdout.buffer.write(render(page.decode(), font_path))

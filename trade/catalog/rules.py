"""Pure decisions about goods: barcodes, and the picture of a thing nobody has photographed yet."""

from enum import StrEnum
from hashlib import sha256

SHAPES = {  # a word in the category -> the outline in `pages/drawing.py`
    "沙发": "sofa",
    "椅": "chair",
    "桌": "table",
    "几": "table",
    "床": "bed",
    "柜": "cabinet",
    "架": "cabinet",
    "外套": "coat",
    "大衣": "coat",
    "裙": "dress",
    "衬衫": "shirt",
    "针织": "shirt",
    "裤": "trousers",
}

PRICE_EDGES = (0, 10_000, 30_000, 100_000, 300_000, 1_000_000)  # fen; the last band has no end
PICTURE_SIZES = (200, 600, 1_200)  # longest side: in a list, on a page, on the whole screen
MAX_PICTURE_BYTES = 12_000_000
MAX_PIXELS = 50_000_000
MAX_SIDE = 12_000
MIN_SIDE = 16


class PictureState(StrEnum):
    STORING = "storing"
    STORED = "stored"


class SceneKind(StrEnum):
    ROOM = "room"  # 空间
    OUTFIT = "outfit"  # 穿搭


NEUTRAL = "d9cbb3"
COLOURS = {  # a word in the colour's name -> how it looks
    "燕麦": "d9cbb3",
    "米": "e8dfcf",
    "白": "f2efe9",
    "灰": "9a9a98",
    "黑": "35322f",
    "胡桃": "6b4a35",
    "原木": "c79a6b",
    "橡木": "c8a57a",
    "驼": "b98d5e",
    "焦糖": "a8662f",
    "绿": "5f7459",
    "蓝": "4d647d",
    "酒红": "7a2f3b",
    "粉": "d8a7a3",
    "黄": "d3a94a",
}


def is_barcode(text: str) -> bool:
    """Thirteen digits whose last one checks the others (EAN-13, GB 12904)."""
    if len(text) != 13 or not (text.isascii() and text.isdigit()):
        return False
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(text[:12]))
    return (10 - total % 10) % 10 == int(text[12])


def _colour_of(text: str) -> str:
    for word, shade in COLOURS.items():
        if word in text:
            return shade
    return "".join(f"{96 + byte // 2:02x}" for byte in sha256(text.encode()).digest()[:3])


def placeholder(category: str, colour: str = "") -> str:
    """The path of a quiet drawing for a product or SKU that has no picture.

    It shows the outline that fits the category, in the colour's shade; without a colour in a
    neutral one. Same words, same path.
    """
    shape = next((shape for word, shape in SHAPES.items() if word in category), "box")
    return f"/pictures/{shape}-{_colour_of(colour) if colour else NEUTRAL}.svg"


def picture_path(name: str, size: int = 600) -> str:
    """Where a stored picture is shown: `size` is one of PICTURE_SIZES."""
    return f"/pictures/{name}-{size}.webp"

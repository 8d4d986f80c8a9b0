"""What a printer is like, as far as the bytes for it are concerned."""

from dataclasses import dataclass

from devices.rules import Encoding, QrWay


@dataclass(frozen=True, slots=True)
class Profile:
    """`columns` is 32 (58 mm paper, 384 dots) or 48 (80 mm, 576 dots)."""

    columns: int = 48
    encoding: Encoding = Encoding.GBK
    qr: QrWay = QrWay.NATIVE
    has_cutter: bool = True
    has_drawer: bool = False
    has_buzzer: bool = False

    @property
    def dots(self) -> int:
        return self.columns * 12

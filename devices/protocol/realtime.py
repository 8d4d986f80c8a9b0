"""DLE EOT: what a printer says of itself at once, also while it prints (sheet of GS/DLE commands).

Every answer is one byte with the bits 0x12 set and 0x81 clear; many printers answer nothing.
"""

from devices.rules import PrinterCondition

QUESTIONS = (b"\x10\x04\x02", b"\x10\x04\x03", b"\x10\x04\x04")  # why offline, faults, paper
COVER_OPEN, PAPER_STOP, FAULT = 0x04, 0x20, 0x40
CUTTER, FATAL = 0x08, 0x20
PAPER_END = 0x60


def condition_of(answers: list[bytes]) -> PrinterCondition:
    """What the answers to QUESTIONS mean; silence and nonsense are UNKNOWN, never ready or out."""
    bytes_ = [answer[0] for answer in answers if len(answer) == 1 and answer[0] & 0x93 == 0x12]
    if len(bytes_) != len(QUESTIONS):
        return PrinterCondition.UNKNOWN
    cause, fault, paper = bytes_
    if paper & PAPER_END or cause & PAPER_STOP:
        return PrinterCondition.NO_PAPER
    if cause & (COVER_OPEN | FAULT) or fault & (CUTTER | FATAL):
        return PrinterCondition.ABNORMAL
    return PrinterCondition.ONLINE

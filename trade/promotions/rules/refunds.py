"""What pieces that come back are worth: running totals, so that all parts add up to the fen."""


def refund_share(payable_fen: int, quantity: int, already: int, pieces: int) -> int:
    """What `pieces` more of a line give back when `already` of its `quantity` came back before.

    All parts of a line add up to its `payable_fen`, whatever the steps. Discounts come back in
    proportion: a threshold that is not reached any more takes nothing away afterwards.

    Raises ValueError for more pieces than the line has.
    """
    if min(payable_fen, already, pieces) < 0 or not 0 <= already + pieces <= quantity:
        raise ValueError(f"{already} and {pieces} of {quantity} pieces")
    if not quantity:
        return 0
    return payable_fen * (already + pieces) // quantity - payable_fen * already // quantity

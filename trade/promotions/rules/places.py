"""Where a price or a promotion holds: a place is a short text, the narrowest counts."""


def place_of(*, store_id: int | None = None, franchisee_id: int | None = None, region: str) -> str:
    """The narrowest place that is named; "" is everywhere."""
    if store_id is not None:
        return f"store:{store_id}"
    if franchisee_id is not None:
        return f"franchisee:{franchisee_id}"
    return f"region:{region}" if region else ""


def places_of(store_id: int, franchisee_id: int | None, region: str) -> tuple[str, ...]:
    """Every place a store is in, the narrowest first."""
    own = [place_of(store_id=store_id, region="")]
    if franchisee_id is not None:
        own.append(place_of(franchisee_id=franchisee_id, region=""))
    if region:
        own.append(place_of(region=region))
    return (*own, "")

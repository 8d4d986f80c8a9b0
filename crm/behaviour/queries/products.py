"""What goods met: how often they were looked at, shared, put in carts, and by how many."""

from dataclasses import dataclass
from datetime import date

from core.database import sql


@dataclass(frozen=True, slots=True)
class ProductNumbers:
    """Times in the window; `people` of one day add up, so somebody of two days counts twice."""

    product_id: int
    views: int
    shares: int
    carts: int
    favourites: int
    people: int


NUMBERS = """
SELECT product_id,
    coalesce(sum(times) FILTER (WHERE kind = 'view'), 0)::bigint AS views,
    coalesce(sum(times) FILTER (WHERE kind = 'share'), 0)::bigint AS shares,
    coalesce(sum(times) FILTER (WHERE kind = 'cart'), 0)::bigint AS carts,
    coalesce(sum(times) FILTER (WHERE kind = 'favourite'), 0)::bigint AS favourites,
    coalesce(sum(people) FILTER (WHERE kind = 'view'), 0)::bigint AS people
FROM behaviour_product_day WHERE on_day BETWEEN $1 AND $2
GROUP BY product_id ORDER BY views DESC, product_id LIMIT $3
"""


async def product_numbers(first: date, last: date, *, limit: int = 20) -> list[ProductNumbers]:
    """The goods looked at most from `first` to `last`, both included."""
    return [ProductNumbers(**row) for row in await sql(NUMBERS, first, last, limit)]

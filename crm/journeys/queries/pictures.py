"""A journey as a picture: boxes by depth from top to bottom, branches side by side. Pure."""

from dataclasses import dataclass

from crm.journeys.rules import Definition, If, Step, after

WIDTH, HEIGHT, GAP_X, GAP_Y, EDGE = 216, 64, 24, 44, 8


@dataclass(frozen=True, slots=True)
class Box:
    name: str
    step: Step
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Edge:
    """A line between boxes; `says` is "then" or "otherwise" behind a question, else ""."""

    path: str
    says: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Picture:
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    width: int
    height: int


def picture_of(definition: Definition) -> Picture:
    """Places of all steps; the beginning (drawn by the page) is at the top left."""
    depth, lane = _places(definition)
    boxes = {
        name: Box(
            name,
            definition.steps[name],
            EDGE + lane[name] * (WIDTH + GAP_X),
            EDGE + (depth[name] + 1) * (HEIGHT + GAP_Y),
        )
        for name in sorted(depth, key=lambda one: (depth[one], lane[one]))
    }
    edges = [_edge(EDGE, EDGE, boxes[definition.start], "")]
    for box in boxes.values():
        says = ("then", "otherwise") if isinstance(box.step, If) else ("",)
        for word, target in zip(says, after(box.step), strict=True):
            if target is not None:
                edges.append(_edge(box.x, box.y, boxes[target], word))
    width = EDGE * 2 + (max(lane.values()) + 1) * (WIDTH + GAP_X) - GAP_X
    height = EDGE * 2 + (max(depth.values()) + 2) * (HEIGHT + GAP_Y) - GAP_Y
    return Picture(tuple(boxes.values()), tuple(edges), width, height)


def _places(definition: Definition) -> tuple[dict[str, int], dict[str, int]]:
    """How deep each step stands (its longest way), and in which lane (its first)."""
    depth: dict[str, int] = {}
    lane: dict[str, int] = {}
    free = 0

    def walk(name: str, at: int, beside: int) -> None:
        nonlocal free
        depth[name] = max(depth.get(name, 0), at)
        lane.setdefault(name, beside)
        targets = [one for one in after(definition.steps[name]) if one is not None]
        for place, target in enumerate(targets):
            if place and target not in lane:
                free += 1
            walk(target, at + 1, free if place else beside)

    walk(definition.start, 0, 0)
    return depth, lane


def _edge(x: int, y: int, to: Box, says: str) -> Edge:
    start_x, start_y = x + WIDTH // 2, y + HEIGHT
    end_x, end_y = to.x + WIDTH // 2, to.y
    middle = end_y - GAP_Y // 2
    path = f"M{start_x} {start_y}V{middle}H{end_x}V{end_y}"
    return Edge(path, says, end_x + 6, middle - 4 if end_x != start_x else middle + 4)

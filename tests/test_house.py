"""The house rule a linter cannot say: a room is entered by its doors."""

import grimp
import pytest

TOP = (
    "app",
    "bot",
    "core",
    "crm",
    "devices",
    "invoicing",
    "livestream",
    "miniapp_api",
    "ml",
    "sandbox",
    "trade",
)
DOORS = {"service", "queries", "events", "errors"}
OPEN = {"core", "ml"}  # every file of these is meant to be used
NESTED = {  # rooms within a room: they know its private files, others enter by their doors
    *("invoicing.backends", "invoicing.reds", "invoicing.titles", "invoicing.write_back"),
    *("devices.boxes", "devices.counter"),
}


def split(module: str) -> tuple[str, str]:
    """The room of a module and the file, or package, one enters to reach it.

    The pages of a room stand before its doors like any entrance; the sandbox is one room.
    """
    parts = module.split(".")
    depth = 2 if parts[0] in {"trade", "crm"} else 1
    if parts[depth : depth + 1] == ["pages"] and parts[0] != "sandbox":
        depth += 1
    entered = depth + 1 if ".".join(parts[: depth + 1]) in NESTED else depth
    return ".".join(parts[:depth]), "".join(parts[entered : entered + 1])


@pytest.mark.parametrize(
    ("module", "room", "entered_by"),
    [
        ("crm.people.queries", "crm.people", "queries"),
        ("trade.orders.service.placing", "trade.orders", "service"),
        ("trade.stores.pages.staff", "trade.stores.pages", "staff"),
        ("invoicing.reds.service.forms", "invoicing", "service"),
        ("invoicing.reds.models", "invoicing", "models"),
    ],
)
def test_a_module_knows_its_room(module: str, room: str, entered_by: str) -> None:
    assert split(module) == (room, entered_by)


def test_rooms_are_entered_by_their_doors() -> None:
    graph = grimp.build_graph(*TOP)
    trespasses = {
        f"{importer} -> {module}"
        for module in graph.modules
        for importer in graph.find_modules_that_directly_import(module)
        if split(importer)[0] not in {split(module)[0], "app"}
        and split(module)[0] not in OPEN
        and split(module)[1] not in DOORS
    }
    assert trespasses == set()

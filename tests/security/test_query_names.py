"""No name from outside becomes a column, a relation or an order (S18)."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.security.callers import comparable, filled
from tests.security.conftest import Crowd
from tests.security.table import TABLE, name_of, operations
from tests.security.test_bad_input import let_in, path_of, send

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("app", "bot", "core", "crm", "devices", "invoicing", "miniapp_api", "trade")
NAMES = (
    "order_by",
    "sort",
    "filter",
    "fields",
    "store__tax_entity__tax_no__startswith",
    "member__identities__known_as__gt",
    "bindings__guide_id",
    "-id",
    "password_hash__startswith",
)
ASKS = {
    "Q",
    "filter",
    "exclude",
    "get",
    "get_or_none",
    "order_by",
    "values",
    "values_list",
    "annotate",
}
NAMED_BY_US = {  # file: what is not a literal there, and whose word it is
    "core/security/scope.py": "the column is a literal of each caller",
    "crm/people/queries/numbers.py": "the columns of an aggregate, a constant tuple",
}


async def test_a_query_name_of_nobodys_is_refused_or_changes_nothing(crowd: Crowd) -> None:
    heard = []
    for operation, entry, caller in let_in(crowd):
        if operation.method != "GET" or TABLE[name_of(operation)].ok >= 300:
            continue
        path, given = path_of(operation, entry, caller), filled(entry.query, caller.asker.own)
        known = "".join(["?", *(f"{name}={value}&" for name, value in given.items())])
        plain = await send(caller, operation, path + known[:-1])
        for name in NAMES:
            if operation.query is not None and name in operation.query.model_fields:
                continue  # a closed list of ours, which `send` with an odd value has asked about
            answer = await send(caller, operation, f"{path}{known}{name}=-store__secret")
            facts = answer.json()["error"]["facts"] if answer.status_code == 422 else {}
            refused = facts == {f"query/{name}": "extra_forbidden"}
            if operation.kind == "json" and not refused:
                heard.append(f"{name_of(operation)}?{name}: {answer.status_code}")
            if operation.kind != "json" and answer.status_code != plain.status_code:
                heard.append(f"{name_of(operation)}?{name}: {answer.status_code}")
            if operation.kind == "page" and comparable(answer) != comparable(plain):
                heard.append(f"{name_of(operation)}?{name} changes the page")

    assert "\n".join(heard) == ""


def spoken_names(tree: ast.AST) -> Iterator[ast.Call]:
    """Questions to the database whose names are not written there in letters."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name not in ASKS:
            continue
        unpacked = any(keyword.arg is None for keyword in node.keywords)
        starred = any(isinstance(word, ast.Starred) for word in node.args)
        spoken = name == "order_by" and not all(
            isinstance(word, ast.Constant) for word in node.args
        )
        if unpacked or starred or spoken:
            yield node


def test_every_question_names_its_columns_in_letters() -> None:
    found = {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        if "migrations" not in path.parts
        for _ in spoken_names(ast.parse(path.read_text("utf-8")))
    }

    assert found == NAMED_BY_US.keys()


def test_every_query_of_the_api_is_a_closed_list_of_names() -> None:
    shapes = [operation.query for operation in operations() if operation.query is not None]

    assert shapes
    assert all(shape.model_config.get("extra") == "forbid" for shape in shapes)

import re

import pytest

from app import front
from app.web import routers
from core.web.api import Router
from core.web.openapi import document, whole_document
from core.web.policy import allow
from tests.core.web.test_api import router


def test_a_route_without_a_policy_is_not_built() -> None:
    with pytest.raises(TypeError, match="policy"):
        Router("/x").get("/y", who=None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="whom"):
        allow()


def test_the_document_names_shapes_refusals_and_policy() -> None:
    api = document(router)
    light_up = api["paths"]["/api/v1/lamps/{room}"]["post"]

    assert light_up["x-policy"] == "member"
    assert set(light_up["responses"]) == {"201", "401", "403", "404", "409", "413", "422", "500"}
    assert "tests.lamp_full" in light_up["responses"]["409"]["description"]
    assert api["components"]["schemas"]["LampIn"]["additionalProperties"] is False


def test_every_route_of_the_shop_stands_in_the_document() -> None:
    everybody = [*routers(), front.router]
    api = whole_document(*everybody)
    named = {
        (method.upper(), re.sub(r"{\w+}", "{}", path))
        for path, methods in api["paths"].items()
        for method in methods
    }

    assert named == {
        (operation.method, re.sub(r"{\w+(:\w+)?}", "{}", operation.path))
        for router in everybody
        for operation in router.operations
    }
    assert len({m["operationId"] for p in api["paths"].values() for m in p.values()}) == len(named)

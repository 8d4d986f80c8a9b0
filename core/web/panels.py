"""Panels of the member page: a room that knows something of a member shows it in a tab of its own.

A room registers its panels in `<room>/pages/panels.py`, which `app.web` imports; the room of people
draws the frame and never knows who hangs in it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.security.scope import Role, Scope

Load = Callable[[Scope, int, str], Awaitable[Mapping[str, Any] | None]]
STAFF = frozenset({Role.STORE_MANAGER, Role.FRANCHISEE, Role.MARKETER, Role.HEAD_OFFICE})


@dataclass(frozen=True, slots=True)
class Panel:
    """`load(scope, member_id, language)` gives the template its words; None: nothing to show.

    The asker may see this member: the page has checked it. `template` is a part without a frame; it
    also gets `member` (a MemberView), `_`, `csrf()` and `language`. Tabs stand by `place`.
    """

    name: str
    zh: str
    en: str
    template: str
    load: Load
    roles: frozenset[Role] = STAFF
    place: int = 50


panels: dict[str, Panel] = {}


def register(panel: Panel) -> Panel:
    """Make a panel known. Doing it again replaces it."""
    panels[panel.name] = panel
    return panel


def panels_for(scope: Scope) -> list[Panel]:
    """The tabs this asker may open, in their order."""
    found = [panel for panel in panels.values() if scope.role in panel.roles]
    return sorted(found, key=lambda panel: (panel.place, panel.name))

"""Who may use a route. Deny by default: a route without a policy is not built (threats S6, S7)."""

from dataclasses import dataclass

from starlette.requests import Request

from core.errors import Forbidden, Unauthorized
from core.security.scope import Role, Scope
from core.security.sessions import scope_of

SESSION_COOKIE = "daogou_session"


class SignInNeeded(Unauthorized):
    code = "core.sign_in_needed"
    zh = "请先登录后再试"
    en = "Sign in first, then try again."


class NotAllowed(Forbidden):
    code = "core.not_allowed"
    zh = "您的账号没有此操作的权限，请联系管理员"
    en = "Your account may not do this: ask an administrator."


@dataclass(frozen=True, slots=True)
class Policy:
    """`roles` empty and `is_open` false admits nobody."""

    name: str
    roles: frozenset[Role] = frozenset()
    is_open: bool = False

    def check(self, scope: Scope | None) -> None:
        """Raises SignInNeeded or NotAllowed."""
        if self.is_open:
            return
        if scope is None:
            raise SignInNeeded
        if scope.role not in self.roles:
            raise NotAllowed(role=scope.role)


PUBLIC = Policy("public", is_open=True)  # says nothing personal before the caller proves itself
SIGNED = Policy("signed", is_open=True)  # the endpoint verifies a partner's signature itself


def allow(*roles: Role) -> Policy:
    """Raises ValueError without a role: a policy for nobody is a mistake."""
    if not roles:
        raise ValueError("allow whom?")
    return Policy("+".join(roles), frozenset(roles))


async def bearer_scope(request: Request) -> Scope | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return await scope_of(token) if kind.lower() == "bearer" and token else None


async def cookie_scope(request: Request) -> Scope | None:
    token = request.cookies.get(SESSION_COOKIE, "")
    return await scope_of(token) if token else None

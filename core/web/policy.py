"""Who may use a route. Deny by default: a route without a policy is not built (threats S6, S7)."""

from dataclasses import dataclass

from starlette.requests import Request

from core.errors import Forbidden, Unauthorized
from core.security.api_keys import MARK, prefix_of, scope_of_key
from core.security.scope import Grant, Role, Scope
from core.security.sessions import scope_of
from core.settings import current
from core.web.limits import check_rate

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
    grant: Grant | None = None

    def check(self, scope: Scope | None) -> None:
        """Raises SignInNeeded or NotAllowed."""
        if self.is_open:
            return
        if scope is None:
            raise SignInNeeded
        if scope.role not in self.roles:
            raise NotAllowed(role=scope.role)
        if self.grant is not None and self.grant not in scope.grants:
            raise NotAllowed(role=scope.role, needs=self.grant)


PUBLIC = Policy("public", is_open=True)  # says nothing personal before the caller proves itself
SIGNED = Policy("signed", is_open=True)  # the endpoint verifies a partner's signature itself


def allow(*roles: Role) -> Policy:
    """Raises ValueError without a role: a policy for nobody is a mistake."""
    if not roles:
        raise ValueError("allow whom?")
    return Policy("+".join(roles), frozenset(roles))


def allow_partner(grant: Grant) -> Policy:
    """Outside programs whose API key has this right; people have logins and use other doors."""
    return Policy(f"partner:{grant}", frozenset({Role.PARTNER}), grant=grant)


async def bearer_scope(request: Request) -> Scope | None:
    """Raises KeyRefused for an API key that opens nothing, TooManyTries for one used too often."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        return None
    if not token.startswith(MARK):
        return await scope_of(token)
    scope = await scope_of_key(token)
    await check_rate("partner", prefix_of(token), per_minute=current().partner_calls_per_minute)
    return scope


async def cookie_scope(request: Request) -> Scope | None:
    token = request.cookies.get(SESSION_COOKIE, "")
    return await scope_of(token) if token else None

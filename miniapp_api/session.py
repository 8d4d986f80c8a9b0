from starlette.authentication import AuthCredentials, AuthenticationBackend, SimpleUser
from starlette.requests import HTTPConnection

from crm.queries import customer_of_session


class Shopper(SimpleUser):
    def __init__(self, customer_id: int) -> None:
        super().__init__(str(customer_id))
        self.customer_id = customer_id


class BearerSession(AuthenticationBackend):
    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, Shopper] | None:
        token = conn.headers.get("authorization", "").removeprefix("Bearer ")
        customer_id = await customer_of_session(token) if token else None
        return (AuthCredentials(["shopper"]), Shopper(customer_id)) if customer_id else None

"""The clockwork of payments: thin; what is done stands in `service`."""

from core.jobs import every, job
from trade.payments import service


@every("payments.owe_questions", seconds=5)
async def owe_questions() -> None:
    await service.owe_questions()


@every("payments.owe_expiries", seconds=5)
async def owe_expiries() -> None:
    await service.owe_expiries()


@job("payments.ask_payment")
async def ask_payment(*, payment_id: int) -> None:
    await service.ask_payment(payment_id=payment_id)


@job("payments.ask_refund")
async def ask_refund(*, refund_id: int) -> None:
    await service.ask_refund(refund_id=refund_id)


@job("payments.expire_order")
async def expire_order(*, order_id: int) -> None:
    await service.expire_order(order_id=order_id)


@job("payments.send_refund")
async def send_refund(*, refund_id: int) -> None:
    await service.send_refund(refund_id=refund_id)

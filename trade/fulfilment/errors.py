from core.errors import Conflict, Forbidden, Invalid, NotFound


class TaskNotFound(NotFound):
    code = "fulfilment.task_not_found"
    zh = "没有这个任务，请刷新列表"
    en = "There is no such task: reload the list."


class TaskCannotMove(Conflict):
    code = "fulfilment.task_cannot_move"
    zh = "任务当前状态不支持该操作，请刷新后重试"
    en = "The task's state does not allow this: reload it and try again."


class TooManyPieces(Conflict):
    code = "fulfilment.too_many_pieces"
    zh = "数量超过可处理的件数，请刷新后核对"
    en = "These are more pieces than there are left: reload and check the quantities."


class BadPieces(Invalid):
    code = "fulfilment.bad_pieces"
    zh = "商品行不属于该单据或数量不正确，请核对"
    en = "These lines do not belong here, or a quantity is wrong: check them."


class BadTrackingNo(Invalid):
    code = "fulfilment.bad_tracking_no"
    zh = "快递公司或运单号不正确，请核对面单"
    en = "Carrier and tracking number do not fit: check the label."


class ParcelKnown(Conflict):
    code = "fulfilment.parcel_known"
    zh = "该运单号已用于另一个包裹，请核对面单"
    en = "This tracking number is on another parcel: check the label."


class WrongCode(NotFound):
    code = "fulfilment.wrong_code"
    zh = "提货码不正确或已使用，请让顾客出示订单里的提货码"
    en = "No goods wait under this code: ask the guest to show the code of the order."


class NotReadyYet(Conflict):
    code = "fulfilment.not_ready_yet"
    zh = "商品还没有备好，请先拣货并放到待取货位"
    en = "The goods are not ready: pick them first and put them on the hold shelf."


class ShipmentNotFound(NotFound):
    code = "fulfilment.shipment_not_found"
    zh = "没有这个包裹，请检查编号"
    en = "There is no such shipment: check its number."


class TrackInFuture(Invalid):
    code = "fulfilment.track_in_future"
    zh = "物流轨迹的时间晚于现在，请核对时间和时区"
    en = "This step of a parcel has not happened yet: check its time and time zone."


class TooManySteps(Invalid):
    code = "fulfilment.too_many_steps"
    zh = "一次最多回传 200 条轨迹，请分次提交"
    en = "At most 200 steps are taken at once: send them in parts."


class NotShippedYet(Conflict):
    code = "fulfilment.not_shipped_yet"
    zh = "订单还没有全部发货，暂时不能确认收货"
    en = "Not everything has been shipped yet: confirm when it has."


class ReturnNotFound(NotFound):
    code = "fulfilment.return_not_found"
    zh = "没有这个售后单，请检查编号"
    en = "There is no such return: check its number."


class CannotReturn(Conflict):
    """`why` names the rule: not_sold, too_late, excluded, worn, nothing_left, no_proof."""

    code = "fulfilment.cannot_return"
    zh = "按退货政策该商品不能退换，请查看原因或联系门店"
    en = "The return policy does not take this back: see the reason or ask the store."


class ReturnCannotMove(Conflict):
    code = "fulfilment.return_cannot_move"
    zh = "售后单当前状态不支持该操作，请刷新后重试"
    en = "The return's state does not allow this: reload it and try again."


class ReturnKeyReused(Conflict):
    code = "fulfilment.return_key_reused"
    zh = "该编号已用于另一个售后单，请换一个新的编号"
    en = "This key belongs to another return: use a new one."


class ProofNeeded(NotFound):
    code = "fulfilment.proof_needed"
    zh = "没有找到对应的购买凭证，请出示订单、小票码、会员码或支付凭证"
    en = "No purchase was found: show the order, the receipt's code, the member or the payment."


class ManagerNeeded(Forbidden):
    code = "fulfilment.manager_needed"
    zh = "该退款需要店长确认，请店长操作"
    en = "This refund needs the store manager: ask the manager to do it."


class GoodsFirst(Conflict):
    code = "fulfilment.goods_first"
    zh = "按退货政策需先签收商品再退款"
    en = "The policy wants the goods first: receive them, then give the money back."


class NotWorthThat(Conflict):
    code = "fulfilment.not_worth_that"
    zh = "退款金额超过所退商品的实付金额，请核对"
    en = "This is more than was paid for these pieces: check the amount."


class NotSameWorth(Conflict):
    code = "fulfilment.not_same_worth"
    zh = "换货商品价格与退回商品不一致，请先补差价或选择同价商品"
    en = "The replacement costs more than what came back: settle the difference first."


class NoReplacement(Conflict):
    code = "fulfilment.no_replacement"
    zh = "门店没有可换的商品，请换一件或改为退款"
    en = "The store has no such piece: choose another one or a refund."


class NotResellable(Conflict):
    code = "fulfilment.not_resellable"
    zh = "该商品的状况不能再次上架销售，请选择其他处置方式"
    en = "Pieces in this condition are not sold again: choose another disposition."


class PolicyUnfit(Invalid):
    """`field` names the word or number that does not fit."""

    code = "fulfilment.policy_unfit"
    zh = "政策内容不正确，请按提示的字段修改"
    en = "This policy cannot be: correct the field that is named."


class VisitNotFound(NotFound):
    code = "fulfilment.visit_not_found"
    zh = "没有这个到店预约，请刷新后再看"
    en = "There is no such visit: reload and look again."


class NoSuchSlot(Invalid):
    code = "fulfilment.no_such_slot"
    zh = "门店在这个时间不接受预约，请另选时间"
    en = "The store takes no visits at that time: choose another one."


class SlotTaken(Conflict):
    code = "fulfilment.slot_taken"
    zh = "这个时间已约满，请另选时间"
    en = "That hour is full: choose another one."


class NotShownHere(Conflict):
    code = "fulfilment.not_shown_here"
    zh = "这家门店没有该商品的样品，请换一家门店"
    en = "This store has none of it to show: choose another store."


class TooManyVisits(Conflict):
    code = "fulfilment.too_many_visits"
    zh = "您已有预约（最多 3 个，同一时间 1 个），请先取消一个"
    en = "You have visits booked already (3 at most, one an hour): cancel one first."


class VisitCannotMove(Conflict):
    code = "fulfilment.visit_cannot_move"
    zh = "这个预约已结束，不能再更改"
    en = "This visit has ended and cannot be changed."


class VisitKeyReused(Conflict):
    code = "fulfilment.visit_key_reused"
    zh = "这个请求编号已用于另一个预约，请重新提交"
    en = "This key has booked another visit: submit again with a new one."

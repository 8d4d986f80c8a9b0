"""The table of account kinds: what each counts, who may own it, how low it may go, its name."""

import re
from dataclasses import dataclass
from enum import Enum, StrEnum


class Unit(StrEnum):
    FEN = "fen"
    POINTS = "points"  # consumption points 消费积分
    BEHAVIOUR_POINTS = "behaviour_points"  # 行为积分
    COUPON = "coupon"  # pieces 张


class Floor(Enum):
    """How low a balance may go."""

    ZERO = "never below zero"
    CLAWBACK = "nobody spends below zero; a mirror may leave a debt that the next earning pays"
    DEBT = "may owe"
    HOUSE = "no cached balance, so that no row is hot"


class AccountKind(StrEnum):
    POINTS = "points"
    BEHAVIOUR_POINTS = "behaviour_points"
    STORED_VALUE = "stored_value"
    CREDIT = "credit"
    COUPON = "coupon"
    COMMISSION = "commission"
    FRANCHISE_SHARE = "franchise_share"
    # What a hold has set aside, still its owner's.
    POINTS_HELD = "points_held"
    BEHAVIOUR_HELD = "behaviour_held"
    STORED_VALUE_HELD = "stored_value_held"
    CREDIT_HELD = "credit_held"
    COUPON_HELD = "coupon_held"
    COMMISSION_HELD = "commission_held"
    SHARE_HELD = "share_held"
    # The house's side.
    POINTS_ISSUED = "points_issued"
    BEHAVIOUR_ISSUED = "behaviour_issued"
    STORED_VALUE_ISSUED = "stored_value_issued"
    CREDIT_ISSUED = "credit_issued"
    COUPON_ISSUED = "coupon_issued"
    COMMISSION_COST = "commission_cost"
    SHARE_COST = "share_cost"
    STORED_VALUE_BONUS = "stored_value_bonus"
    DEPOSIT_KEPT = "deposit_kept"
    MONEY_CUSTOMER = "money_customer"
    MONEY_WECHAT = "money_wechat"
    MONEY_BANK = "money_bank"
    MONEY_CASH = "money_cash"
    MONEY_PAID_OUT = "money_paid_out"
    CASH_FLOAT = "cash_float"
    CASH_DIFFERENCE = "cash_difference"
    SALES = "sales"


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table. `has_lots`: units may expire, and the soonest are spent first."""

    unit: Unit
    floor: Floor
    owners: tuple[str, ...]
    zh: str
    en: str
    has_lots: bool = False
    held_as: AccountKind | None = None
    issued_by: AccountKind | None = None

    @property
    def is_house(self) -> bool:
        return self.floor is Floor.HOUSE


def _held(of: Kind) -> Kind:
    return Kind(of.unit, Floor.ZERO, of.owners, f"冻结的{of.zh}", f"held {of.en}", of.has_lots)


def _house(unit: Unit, zh: str, en: str) -> Kind:
    return Kind(unit, Floor.HOUSE, ("house", "store", "franchisee", "merchant"), zh, en)


K, MEMBER = AccountKind, ("member",)

OWNED = {
    K.POINTS: Kind(
        Unit.POINTS,
        Floor.CLAWBACK,
        MEMBER,
        "消费积分",
        "points",
        has_lots=True,
        held_as=K.POINTS_HELD,
        issued_by=K.POINTS_ISSUED,
    ),
    K.BEHAVIOUR_POINTS: Kind(
        Unit.BEHAVIOUR_POINTS,
        Floor.CLAWBACK,
        MEMBER,
        "行为积分",
        "behaviour points",
        has_lots=True,
        held_as=K.BEHAVIOUR_HELD,
        issued_by=K.BEHAVIOUR_ISSUED,
    ),
    K.STORED_VALUE: Kind(
        Unit.FEN,
        Floor.ZERO,
        MEMBER,
        "储值",
        "stored value",
        held_as=K.STORED_VALUE_HELD,
        issued_by=K.STORED_VALUE_ISSUED,
    ),
    K.CREDIT: Kind(
        Unit.FEN,
        Floor.ZERO,
        MEMBER,
        "购物金",
        "store credit",
        held_as=K.CREDIT_HELD,
        issued_by=K.CREDIT_ISSUED,
    ),
    K.COUPON: Kind(
        Unit.COUPON,
        Floor.ZERO,
        MEMBER,
        "优惠券",
        "coupons",
        has_lots=True,
        held_as=K.COUPON_HELD,
        issued_by=K.COUPON_ISSUED,
    ),
    K.COMMISSION: Kind(
        Unit.FEN,
        Floor.DEBT,
        ("staff",),
        "佣金",
        "commission",
        held_as=K.COMMISSION_HELD,
        issued_by=K.COMMISSION_COST,
    ),
    K.FRANCHISE_SHARE: Kind(
        Unit.FEN,
        Floor.DEBT,
        ("franchisee", "store"),
        "加盟分账",
        "franchise share",
        held_as=K.SHARE_HELD,
        issued_by=K.SHARE_COST,
    ),
}

KINDS: dict[AccountKind, Kind] = {
    **OWNED,
    **{kind.held_as: _held(kind) for kind in OWNED.values() if kind.held_as},
    K.POINTS_ISSUED: _house(Unit.POINTS, "积分发放", "points issued"),
    K.BEHAVIOUR_ISSUED: _house(Unit.BEHAVIOUR_POINTS, "行为积分发放", "behaviour points issued"),
    K.STORED_VALUE_ISSUED: _house(Unit.FEN, "储值发行", "stored value issued"),
    K.CREDIT_ISSUED: _house(Unit.FEN, "购物金发放", "store credit issued"),
    K.COUPON_ISSUED: _house(Unit.COUPON, "优惠券发放", "coupons issued"),
    K.COMMISSION_COST: _house(Unit.FEN, "佣金支出", "commission cost"),
    K.SHARE_COST: _house(Unit.FEN, "分账支出", "cost of shares"),
    K.STORED_VALUE_BONUS: _house(Unit.FEN, "储值赠送", "bonus of stored value"),
    K.DEPOSIT_KEPT: _house(Unit.FEN, "定金不退收入", "deposits kept"),
    K.MONEY_CUSTOMER: _house(Unit.FEN, "顾客付款", "money of customers"),
    K.MONEY_WECHAT: _house(Unit.FEN, "微信支付待清算", "money at WeChat Pay"),
    K.MONEY_BANK: _house(Unit.FEN, "银行存款", "money in the bank"),
    K.MONEY_CASH: _house(Unit.FEN, "门店现金", "cash in the store"),
    K.MONEY_PAID_OUT: _house(Unit.FEN, "已付出款项", "money paid out"),
    K.CASH_FLOAT: _house(Unit.FEN, "找零备用金", "change money in drawers"),
    K.CASH_DIFFERENCE: _house(Unit.FEN, "现金长短款", "cash over and short"),
    K.SALES: _house(Unit.FEN, "销售收入", "sales"),
}

HELD_OF: dict[AccountKind, AccountKind] = {
    kind.held_as: name for name, kind in OWNED.items() if kind.held_as
}

OWNER = re.compile(r"(house)|([a-z]+):[A-Za-z0-9_-]{1,40}")


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """`owner` is `member:12`, `staff:3`, `franchisee:2`, `store:4` or `house`.

    Every account counts what its owner has. Raises ValueError when the kind has no such owner.
    """

    kind: AccountKind
    owner: str

    def __post_init__(self) -> None:
        match = OWNER.fullmatch(self.owner)
        if match is None or (match[1] or match[2]) not in KINDS[self.kind].owners:
            raise ValueError(f"{self.kind} cannot belong to {self.owner!r}")

    @property
    def rule(self) -> Kind:
        return KINDS[self.kind]

    @property
    def unit(self) -> Unit:
        return self.rule.unit

    @property
    def held(self) -> "Account":
        """Where a hold sets units of this account aside. Raises ValueError for the house."""
        if self.rule.held_as is None:
            raise ValueError(f"{self.kind} cannot be held")
        return Account(self.rule.held_as, self.owner)

    @property
    def unheld(self) -> "Account":
        """The account a held one belongs to; any other account is itself."""
        return Account(HELD_OF.get(self.kind, self.kind), self.owner)


def house(kind: AccountKind) -> Account:
    """The house's own account of a kind."""
    return Account(kind, "house")

"""What a person may agree to, in which words (P2, P3). Pure."""

from dataclasses import dataclass

from core.privacy import Purpose
from crm.people.errors import ConsentTextUnknown, NoSuchPurpose

ASKED_BY_THEMSELVES = frozenset(Purpose) - {Purpose.PHONE, Purpose.GUARDIAN}


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What was shown. A new sentence is a new version; an old one is never edited."""

    version: str
    zh: str
    en: str


# Oldest first: the last is today's. A version that somebody agreed to stays here for ever.
PURPOSES = {
    Purpose.MEMBERSHIP: ("会员服务", "membership"),
    Purpose.PHONE: ("手机号", "phone"),
    Purpose.MARKETING: ("营销消息", "marketing messages"),
    Purpose.FRANCHISEE: ("向加盟商提供", "franchisee may see"),
    Purpose.SENSITIVE: ("敏感信息", "sensitive data"),
    Purpose.OTHER_COMPANY: ("向其他公司提供", "other companies"),
    Purpose.PUBLISHING: ("公开展示", "publishing"),
    Purpose.ABROAD: ("向境外提供", "abroad"),
    Purpose.ORDINARY_VIEW: ("普通视图", "ordinary view"),
    Purpose.GUARDIAN: ("监护人同意", "guardian agreed"),
}
VERSIONS: dict[Purpose, tuple[ConsentText, ...]] = {
    Purpose.MEMBERSHIP: (
        ConsentText(
            "membership-2026-01",
            "为提供会员服务，我们保存您的微信标识、订单和积分。您可以随时在“我的”中撤回。",
            "To serve you as a member we keep your WeChat id, orders and points."
            " Withdraw at any time.",
        ),
    ),
    Purpose.PHONE: (
        ConsentText(
            "phone-2026-01",
            "为在门店使用积分，我们加密保存您的手机号，仅用于识别会员身份。",
            "To let you use points in a store we keep your phone number, encrypted,"
            " to recognise you.",
        ),
    ),
    Purpose.MARKETING: (
        ConsentText(
            "marketing-2026-01",
            "我们可以向您发送新品和优惠消息，频率受限，不同意不影响购买。",
            "We may tell you about new products and offers, rarely. You can buy without agreeing.",
        ),
    ),
    Purpose.FRANCHISEE: (
        ConsentText(
            "franchisee-2026-01",
            "加盟门店可以看到您在该店的消费和会员等级，看不到您的手机号。",
            "A franchised store may see your purchases there and your tier, never your phone.",
        ),
    ),
    Purpose.SENSITIVE: (
        ConsentText(
            "sensitive-2026-01",
            "我们保存您主动填写的尺码、身高体重等信息，仅用于推荐尺码，加密保存，可随时删除。",
            "We keep sizes and measures you fill in, encrypted, only to recommend a size."
            " Delete them at any time.",
        ),
    ),
    Purpose.OTHER_COMPANY: (
        ConsentText(
            "other_company-2026-01",
            "为与合作方互换积分，我们向您选择的合作公司提供您的会员编号，不提供手机号。",
            "To exchange points we give your member number, never your phone, to the partner"
            " company you choose.",
        ),
    ),
    Purpose.PUBLISHING: (
        ConsentText(
            "publishing-2026-01",
            "您的评价和晒图可以公开展示，昵称会打码。您可以随时撤回，撤回后不再展示。",
            "Your reviews and pictures may be shown in public, your name shortened. After a"
            " withdrawal they are shown no more.",
        ),
    ),
    Purpose.ABROAD: (
        ConsentText(
            "abroad-2026-01",
            "为办理跨境配送，我们将收货信息提供给境外承运方，仅限该订单。",
            "To deliver abroad we give the address of that order to a carrier abroad.",
        ),
    ),
    Purpose.ORDINARY_VIEW: (
        ConsentText(
            "ordinary_view-2026-01",
            "使用普通视图：我们不再按您的行为分群、推荐或定向营销。",
            "Ordinary view: we no longer group you, recommend or target by what you do.",
        ),
    ),
    Purpose.GUARDIAN: (
        ConsentText(
            "guardian-2026-01",
            "我是该未成年人的监护人，同意其使用会员服务。不满十四周岁不做个性化推荐和营销。",
            "I am the guardian of this child and agree to the membership. Under fourteen there is"
            " no profiling and no marketing.",
        ),
    ),
}

CONSENT_TEXTS: dict[Purpose, ConsentText] = {
    purpose: versions[-1] for purpose, versions in VERSIONS.items()
}


def purpose_of(name: str) -> Purpose:
    """Raises NoSuchPurpose."""
    try:
        return Purpose(name)
    except ValueError:
        raise NoSuchPurpose() from None


def check_consent(purpose: Purpose, version: str) -> None:
    """Raises ConsentTextUnknown when the person was shown another text than today's."""
    if CONSENT_TEXTS[purpose].version != version:
        raise ConsentTextUnknown(purpose=purpose, version=CONSENT_TEXTS[purpose].version)

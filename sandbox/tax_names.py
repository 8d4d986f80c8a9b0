"""The provider's register of companies (企业抬头库): names by their beginning, a number by code.

The companies are made up; their check digits are right.
"""

from sandbox.tax_rules import TaxRefused
from sandbox.timetable import Doc
from sandbox.world import World

MOST = 20
COMPANIES = (
    ("某某商贸（上海）有限公司", "11310115MA4R207G5L"),
    ("杭州木棉与麻服饰有限公司", "91650102338337946P"),
    ("杭州木棉花文化传播有限公司", "93320505MA97YP7403"),
    ("A&B（苏州）Trading有限公司", "91370202MATMNAEYX1"),
    ("知木生活（上海）家居有限公司", "91310101MA1DGXY129"),
    ("知木设计咨询（上海）有限公司", "91420111MAYH782FX7"),
    ("深圳前海某某供应链管理有限公司", "914403051317672603"),
    ("上海某某会展服务有限公司", "11110105731916266E"),
)


def names_like(world: World, body: Doc) -> Doc:
    """Companies whose name begins with `q`; each with a code that asks for its number."""
    q = str(body.get("q", "")).strip()
    if len(q) < 2:
        raise TaxRefused("S0101", "查询关键字过短")
    asked = world.collection("tax_names").setdefault("asked", {"prefixes": []})
    asked["prefixes"].append(q)
    found = [(at, name) for at, (name, _) in enumerate(COMPANIES) if name.startswith(q)]
    listed = [
        {"code": f"N{at:05d}", "name": name, "name_length": len(name)} for at, name in found[:MOST]
    ]
    return {"code": "S0000", "describe": "查询成功", "result": listed}


def number_of(body: Doc) -> Doc:
    """The name and tax number behind a code."""
    code = str(body.get("code", ""))
    at = int(code[1:]) if code.startswith("N") and code[1:].isdigit() else -1
    if not 0 <= at < len(COMPANIES):
        raise TaxRefused("S0101", "企业信息不存在")
    name, tax_no = COMPANIES[at]
    result = {"code": code, "kpName": name, "kpCode": tax_no, "systype": "1"}
    return {"code": "S0000", "describe": "查询成功", "result": result}

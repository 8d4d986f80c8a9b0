"""What a journey says to people: its beginning and its steps in words, in two languages."""

from collections.abc import Callable, Mapping

from core.audience import happenings, traits
from core.deeds import deeds
from core.errors import sentence_of
from crm.journeys.queries import Definition, Do, If, Step, Wait
from crm.segments.queries import told

Say = Callable[[str], str]


async def step_words(step: Step, _: Say, language: str) -> tuple[str, str]:
    """A title and one line below it."""
    match step:
        case Wait():
            parts = [f"{step.days} {_('天')}"] if step.days or not step.hours else []
            parts += [f"{step.hours} {_('小时')}"] if step.hours else []
            parts += [f"→ {step.hour:02}:00"] if step.hour is not None else []
            return _("等待时长"), " ".join(parts)
        case If():
            return _("判断"), await told(step.condition, language)
        case Do():
            deed = deeds.get(step.deed)
            title = (deed.en if language == "en" else deed.zh) if deed else step.deed
            shown = [
                "、".join(map(str, value)) if isinstance(value, list) else str(value)
                for value in step.params.values()
                if value and not isinstance(value, dict)
            ]
            return title, " · ".join(shown)


def trigger_words(definition: Definition, _: Say, language: str) -> tuple[str, str]:
    """What begins it."""
    trigger = definition.trigger
    segment = getattr(trigger, "segment", "")
    match trigger.kind:
        case "once":
            at = f" · {trigger.at:%Y-%m-%d %H:%M}Z" if trigger.at else ""
            return _("一次性活动"), f"{_('人群包')} {segment}{at}"
        case "happened":
            fact = happenings.get(trigger.happening)
            name = (fact.en if language == "en" else fact.zh) if fact else trigger.happening
            return _("发生行为时"), f"{name}{f' · {segment}' if segment else ''}"
        case "day":
            trait = traits.get(trigger.trait)
            name = (trait.en if language == "en" else trait.zh) if trait else trigger.trait
            return _("到日子时"), f"{name} {trigger.days:+d} {_('天')}"
        case "birthday":
            return _("生日"), f"-{trigger.days_before} {_('天')}"
        case "entered":
            return _("进入人群包时"), segment
        case _:
            return _("离开人群包时"), segment


def place_words(facts: Mapping[str, object], _: Say, language: str) -> str:
    """Where a definition is wrong and why, for people; the technical place stays in it."""
    at, what = str(facts.get("at") or ""), str(facts.get("what") or "")
    whys = {
        "no_such_step": _("指向的步骤不存在"),
        "goes_in_a_circle": _("步骤绕成了一圈"),
        "never_reached": _("没有路走到这一步"),
        "no_such_happening": _("请选择一个行为"),
        "no_such_value": _("这个行为没有可以累计的值"),
        "no_such_day": _("请选择一个日期"),
        "no_such_deed": _("这个动作已不可用"),
        "missing": _("没有填写"),
        "string_too_short": _("没有填写"),
        "greater_than_equal": _("数字太小"),
        "less_than_equal": _("数字太大"),
        "unreadable": _("内容无法识别"),
    }
    why = whys.get(what) or (sentence_of(what, language) if "." in what else what)
    place = at.removeprefix("steps.")
    return f"{place}：{why}" if place else why


def deed_name(name: str, language: str) -> str:
    """What a deed is called; its name where its room is gone."""
    deed = deeds.get(name)
    return (deed.en if language == "en" else deed.zh) if deed else name


def cut(text: str, columns: int = 30) -> str:
    """What fits a box: a Chinese character takes two columns."""
    used = 0
    for at, letter in enumerate(text):
        used += 2 if ord(letter) > 0x2E7F else 1
        if used > columns:
            return f"{text[:at]}…"
    return text

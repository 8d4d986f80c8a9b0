"""Refusals about tags. Each sentence says what to do next."""

from core.errors import Conflict, Invalid, NotFound
from crm.tags.rules import MOST_TAGS, NAME_CHARS


class TagNotFound(NotFound):
    code = "tags.not_found"
    zh = "没有这个标签，请刷新标签列表后重新选择"
    en = "There is no such tag: reload the list of tags and choose again."


class TagGroupNotFound(NotFound):
    code = "tags.group_not_found"
    zh = "没有这个标签组，请刷新标签列表后重新选择"
    en = "There is no such group of tags: reload the list and choose again."


class TagNameTaken(Conflict):
    code = "tags.name_taken"
    zh = "已有同名的标签或标签组，请换一个名称"
    en = "There is one of this name already: choose another name."


class BadTagName(Invalid):
    code = "tags.bad_name"
    zh = f"名称须为 1 到 {NAME_CHARS} 个字，且不含换行和控制字符"
    en = f"A name has 1 to {NAME_CHARS} characters, none of them a line break or a control sign."


class BadValidity(Invalid):
    code = "tags.bad_validity"
    zh = "有效期须在现在之后，最长十年；天数为 1 到 3650"
    en = "A validity ends after now, within ten years; in days it is 1 to 3650."


class RuleTag(Conflict):
    code = "tags.rule_tag"
    zh = "该标签由规则维护，请修改规则，不能手工打标"
    en = "A rule keeps this tag: change the rule, it is not given by hand."


class NotARuleTag(Conflict):
    code = "tags.not_a_rule_tag"
    zh = "该标签没有规则，请选择规则标签"
    en = "This tag has no rule: choose a rule tag."


class TooManyTags(Conflict):
    code = "tags.too_many"
    zh = f"标签已达 {MOST_TAGS} 个上限，请先归档不用的标签"
    en = f"There are {MOST_TAGS} tags already: archive some that nobody uses."

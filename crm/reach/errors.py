"""Refusals about messages to members. Each sentence says what to do next."""

from core.errors import Conflict, Invalid, NotFound


class TemplateNotFound(NotFound):
    code = "reach.template_not_found"
    zh = "没有这个消息模板，请从模板列表中选择"
    en = "There is no such message template: choose one from the list."


class BadTemplate(Invalid):
    code = "reach.bad_template"
    zh = "消息模板不完整，请按 facts 所示位置补充"
    en = "This message template is not complete: fill in what the facts name."


class BadLimit(Invalid):
    code = "reach.bad_limit"
    zh = "频次上限不合要求，请按 facts 所示填写"
    en = "This limit does not fit: write what the facts ask for."


class WrongChannel(Invalid):
    code = "reach.wrong_channel"
    zh = "模板不属于这个渠道，请为这一步换一个模板"
    en = "This template is for another channel: choose another one for this step."


class NoWay(Conflict):
    code = "reach.no_way"
    zh = "所选渠道都联系不到这位会员，或次数已用完；可改用别的渠道"
    en = "No chosen channel reaches this member now, or its limit is used up: choose others too."


class NoGuide(Conflict):
    code = "reach.no_guide"
    zh = "这位会员没有专属导购，请先分配导购"
    en = "This member has no guide of their own: assign one first."


class MessageNotFound(NotFound):
    code = "reach.message_not_found"
    zh = "没有这条消息，请刷新列表后重试"
    en = "There is no such message: reload the list and choose again."


class MessageSettled(Conflict):
    code = "reach.message_settled"
    zh = "这条消息的结果已经确定，请刷新列表"
    en = "How this message ended is known by now: reload the list."


class TaskNotFound(NotFound):
    code = "reach.task_not_found"
    zh = "没有这个跟进任务，请刷新任务列表"
    en = "There is no such task: reload your list of tasks."

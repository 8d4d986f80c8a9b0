"""Refusals about journeys and campaigns. Each sentence says what to do next."""

from core.errors import Conflict, Invalid, NotFound


class BadDefinition(Invalid):
    """`at` says where, `what` says why: a word of ours, or the code of another refusal."""

    code = "journeys.bad_definition"
    zh = "旅程定义有误，请修改所示位置后保存"
    en = "The journey cannot run as written: correct the place that is named."


class JourneyNotFound(NotFound):
    code = "journeys.not_found"
    zh = "没有这个旅程或活动，请返回列表选择"
    en = "There is no such journey or campaign: choose one from the list."


class WrongMove(Conflict):
    code = "journeys.wrong_move"
    zh = "当前状态不能进行此操作，请刷新页面"
    en = "This cannot be done in its present state: reload the page."


class CodeTaken(Conflict):
    code = "journeys.code_taken"
    zh = "这个编码已被使用，请换一个"
    en = "This code is taken: choose another one."


class PresetUnknown(NotFound):
    code = "journeys.preset_unknown"
    zh = "没有这个模板，请从模板列表中选择"
    en = "There is no such preset: choose one from the list."


class TooManyAsked(Conflict):
    code = "journeys.too_many_asked"
    zh = "已有 5 个活动申请等待总部处理，请等待或先撤回一个"
    en = "Five campaigns wait for head office already: wait, or withdraw one."


class NothingToAsk(Invalid):
    code = "journeys.nothing_to_ask"
    zh = "请填写活动名称，并选择一个使用中的营销消息模板"
    en = "Give the campaign a name and choose a template of marketing messages that is in use."

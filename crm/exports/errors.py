"""What this room refuses, by fact."""

from core.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unavailable


class ExportUnknown(NotFound):
    code = "exports.not_found"
    zh = "没有找到这个导出，请返回列表查看"
    en = "There is no such export: go back to the list."


class ScheduleUnknown(NotFound):
    code = "exports.schedule_not_found"
    zh = "没有找到这个定时导出，请返回列表查看"
    en = "There is no such schedule: go back to the list."


class ReasonNeeded(Invalid):
    code = "exports.reason_needed"
    zh = "请填写导出的具体用途（至少 4 个字）"
    en = "Say what the list is for, in at least four characters."


class ReceiverNeeded(Invalid):
    code = "exports.receiver_needed"
    zh = "请填写谁会收到这份名单"
    en = "Say who will get this list."


class BadExpiry(Invalid):
    code = "exports.bad_expiry"
    zh = "请填写保留天数：文件 1 到 30 天，定时导出不超过 366 天"
    en = "Say for how many days: 1 to 30 for a file, up to 366 for a schedule."


class ColumnsNeeded(Invalid):
    code = "exports.columns_needed"
    zh = "请至少选择一列"
    en = "Choose at least one column."


class ColumnUnknown(Invalid):
    code = "exports.column_unknown"
    zh = "您不能导出这一列，请从列表中选择"
    en = "This column is not yours to export: choose from the list."


class NoContactForAnalysis(Invalid):
    code = "exports.no_contact_for_analysis"
    zh = "统计分析不能包含联系方式，请去掉这一列或改选用途"
    en = "A list for analysis holds no way to reach people: drop the column or choose another use."


class WholeNotAllowed(Forbidden):
    code = "exports.whole_not_allowed"
    zh = "您的账号只能导出隐藏部分内容的名单，请联系总部"
    en = "Your account exports masked lists only: ask head office."


class TagNeeded(Invalid):
    code = "exports.tag_needed"
    zh = "请选择要打上的标签"
    en = "Choose the tag to give."


class BadRhythm(Invalid):
    code = "exports.bad_rhythm"
    zh = "请填写间隔天数（1 到 31）和时间（0 到 23 点）"
    en = "Say every how many days (1 to 31) and at which hour (0 to 23)."


class BadChoice(Invalid):
    code = "exports.bad_choice"
    zh = "表单里有不认识的选项，请刷新页面后重选"
    en = "The form holds an unknown choice: reload the page and choose again."


class TooManyOpen(TooMany):
    code = "exports.too_many_open"
    zh = "您还有 5 个导出没有完成，请先等待或取消"
    en = "Five of your exports are not done: wait for them or cancel some."


class TooManyMembers(Conflict):
    code = "exports.too_many_members"
    zh = "名单人数超过上限，请缩小条件"
    en = "The list is longer than a file may be: narrow the condition."


class OwnExport(Forbidden):
    code = "exports.own_export"
    zh = "不能复核自己的导出，请总部另一位同事复核"
    en = "Nobody approves their own export: ask a colleague at head office."


class NotInThisState(Conflict):
    code = "exports.not_in_this_state"
    zh = "导出已经不在这一步，请刷新页面查看最新状态"
    en = "The export has moved on: reload the page."


class FileGone(Conflict):
    code = "exports.file_gone"
    zh = "文件已下载过、已过期或已收回，请重新导出"
    en = "The file was taken, has expired or was recalled: export it anew."


class FileUnreadable(Unavailable):
    code = "exports.file_unreadable"
    zh = "文件无法打开，请重新导出"
    en = "The file cannot be opened: export it anew."
    retryable = False

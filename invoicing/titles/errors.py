"""Refusals of the titles' room. Each sentence says what the guest can do next."""

from core.errors import NotFound


class CompanyUnknown(NotFound):
    code = "titles.company_unknown"
    zh = "没有查到这家企业的税号，请自行填写"
    en = "The tax number of this company was not found: please enter it."


class TitleUnknown(NotFound):
    code = "titles.not_found"
    zh = "没有保存这个抬头，请刷新后再选"
    en = "This title is not remembered: reload and choose again."

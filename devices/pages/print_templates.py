"""Templates of papers (小票模板): a store's words, tried at every stroke, a picture beside."""

from base64 import b64encode
from functools import partial
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from core.errors import DomainError
from core.security.scope import Role, Scope
from core.web.api import Router
from core.web.i18n import language_of
from core.web.pages import form, redirect, render
from core.web.policy import allow
from devices.errors import TemplateUnfit
from devices.pages import words
from devices.pages.printing import stores_seen
from devices.queries import TEMPLATED, example_picture, names_in, template_for
from devices.service import COLUMNS, DocumentKind, Profile, edit_template
from trade.stores.errors import StoreNotFound

router = Router("/console/printing/templates", "print templates page", login="/login")
WHO = allow(Role.HEAD_OFFICE, Role.STORE_MANAGER, Role.FRANCHISEE)
HOME = "/console/printing/templates"
MOST = 6_000


@router.page("GET", "", who=WHO, summary="How papers are written (小票模板)")
async def show_template(request: Request, scope: Scope) -> Response:
    store_id, kind = _chosen(request.query_params.get("store", ""), request.query_params)
    if store_id is None:
        seen = await stores_seen(scope)
        store_id = 0 if scope.sees_all_stores or not seen else seen[0].id
    _check(scope, store_id)
    view = await template_for(store_id, kind)
    return await _page(request, scope, store_id, kind, view.text)


@router.page("POST", "/preview", who=WHO, summary="The paper as typed so far (模板预览)")
async def preview(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    _, kind = _chosen("", fields)
    columns = _columns(str(fields.get("columns", "")))
    return _preview(request, kind, _text(fields), columns)


@router.page("POST", "", who=WHO, summary="Keep a template (保存模板)")
async def keep_template(request: Request, scope: Scope) -> Response:
    fields = await form(request)
    store_id, kind = _chosen(str(fields.get("store", "")), fields)
    text = "" if fields.get("reset") == "1" else _text(fields)
    try:
        await edit_template(scope, store_id=store_id or 0, kind=kind, text=text)
    except TemplateUnfit as refused:
        return await _page(request, scope, store_id or 0, kind, text, refused)
    return redirect(f"{HOME}?store={store_id or 0}&kind={kind}")


async def _page(
    request: Request,
    scope: Scope,
    store_id: int,
    kind: DocumentKind,
    text: str,
    refused: DomainError | None = None,
) -> Response:
    is_english = language_of(request) == "en"
    view = await template_for(store_id, kind)
    return render(
        request,
        "devices/print_templates.html",
        422 if refused else 200,
        view=view,
        kind=kind,
        kinds=TEMPLATED,
        names=names_in(kind),
        text=text,
        store_id=store_id,
        stores=await stores_seen(scope),
        is_office=scope.sees_all_stores,
        words=words,
        say=partial(words.say, is_english=is_english),
        **_shown(kind, text, Profile(), is_english=is_english),
    )


def _preview(request: Request, kind: DocumentKind, text: str, columns: int) -> Response:
    is_english = language_of(request) == "en"
    shown = _shown(kind, text, Profile(columns=columns), is_english=is_english)
    return render(request, "devices/print_preview.html", **shown)


def _shown(kind: DocumentKind, text: str, profile: Profile, *, is_english: bool) -> dict[str, Any]:
    """The picture of an example as data, or the mistake that keeps it from being one."""
    try:
        picture = b64encode(example_picture(kind, text, profile)).decode()
    except TemplateUnfit as unfit:
        return {"picture": "", "mistake": words.told(unfit, is_english=is_english), "wide": 0}
    return {"picture": picture, "mistake": "", "wide": profile.dots // 2}


def _chosen(store: str, given: object) -> tuple[int | None, DocumentKind]:
    """The store (0: the brand, None: not said) and the kind of paper."""
    said = str(getattr(given, "get", lambda _name: "")("kind") or "")
    kind = DocumentKind(said) if said in set(TEMPLATED) else DocumentKind.RECEIPT
    is_number = store.isascii() and store.isdigit() and len(store) <= 18
    return (int(store) if is_number else None), kind


def _check(scope: Scope, store_id: int) -> None:
    if not (scope.sees_store(store_id) if store_id else scope.sees_all_stores):
        raise StoreNotFound(store_id=store_id)


def _text(fields: FormData) -> str:
    return str(fields.get("text", "")).replace("\r\n", "\n")[: MOST + 1]


def _columns(said: str) -> int:
    return int(said) if said in {str(columns) for columns in COLUMNS} else max(COLUMNS)

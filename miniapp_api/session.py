"""Coming in and going out: a `wx.login` code becomes a bearer token of ours."""

from core.web.api import Router

router = Router("/api/v1", "session")

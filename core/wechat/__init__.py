"""Asking the WeChat platform (api.weixin.qq.com, qyapi.weixin.qq.com) from any room."""

"""Shipping information (发货信息录入): without it WeChat keeps what was paid in its apps."""

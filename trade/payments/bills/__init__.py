"""Daily bills of WeChat Pay (对账单) and what differs between them and our books."""

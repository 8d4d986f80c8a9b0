"""The code box: it sits between a till and its printer, reads orders and adds the QR."""

VERSION = "0.1.0"

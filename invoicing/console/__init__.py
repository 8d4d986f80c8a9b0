"""What head office and stores see of invoices: lists, one of them, reds, sellers, figures."""

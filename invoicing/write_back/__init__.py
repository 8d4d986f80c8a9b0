"""What the ERP is told of invoices (回写): each change of each invoice is one version, once."""

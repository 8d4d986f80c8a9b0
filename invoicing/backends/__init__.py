"""Tax backends: one port, an adapter for each provider, the accounts and their health."""

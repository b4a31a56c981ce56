"""The operations of :class:`store.store.Store`, one class for each aggregate (mailboxes, messages, submissions …)."""

"""SQL queries of the store; results are the frozen values of :mod:`store.stored_values`."""

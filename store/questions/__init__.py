"""What is asked of the store: questions in SQL, answers as the frozen values of :mod:`store.stored_values`."""

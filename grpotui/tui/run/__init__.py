"""One run: what is read of it, where a person is in it, what its charts show."""

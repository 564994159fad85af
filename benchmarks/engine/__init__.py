"""The same work for our engine, for other libraries, and for the hardware's limit."""

"""Launch, supervise and queue runs; lease devices."""

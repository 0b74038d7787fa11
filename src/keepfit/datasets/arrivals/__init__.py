"""Where the batches of a stream come from."""

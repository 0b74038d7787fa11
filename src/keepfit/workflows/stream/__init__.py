"""`keepfit stream`: learning batch by batch, in steps of which each is taken once."""

"""Ways by which newcomers reach the assistant: one folder a channel, all of the same shape."""

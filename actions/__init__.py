"""What the assistant does for each newcomer need. Actions decide what is said; ``bot.conversation`` words it."""

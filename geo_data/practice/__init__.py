"""The small town of the practice mode (练习模式): a piece of the demo city, seeded anew for each officer."""

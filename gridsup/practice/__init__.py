"""The practice mode (练习模式): a copy of one's own, and a task that is ticked by what was recorded."""

"""Monthly bulletins and quarterly reports on the indicators, issued with their rows frozen."""

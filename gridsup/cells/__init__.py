"""Grid cells: division, versions, point location, assignment and coverage."""

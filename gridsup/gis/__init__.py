"""What GIS programs see: layers with declared columns, their reference systems, filters, and files."""

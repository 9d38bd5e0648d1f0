"""Documents: unified numbering, templates, rendering."""

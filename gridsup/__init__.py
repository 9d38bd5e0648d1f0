"""gridsup, a GIS-based grid supervision platform (网格监管平台): the domain, without HTTP."""

__version__ = "0.1.0"

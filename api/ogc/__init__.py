"""OGC API Features over the layers of ``gridsup.gis``: parameters, answers, and the service's description."""

"""The HTTP face of gridsup: FastAPI over the services of the domain."""

"""One file per noun. A module gives ``router`` (an ``APIRouter``), ``plain`` (Starlette routes), or both.

``api.app`` includes every module of this folder under ``/api``.
"""

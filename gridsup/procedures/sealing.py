"""What stands in the record as ciphertext alone (P1-X2): informants, telephones, identity numbers."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from gridsup import crypto
from gridsup.procedures import forms
from gridsup.procedures.pack import Action


def seal(action: Action, form: Mapping[str, Any]) -> dict[str, Any]:
    """The form as it is stored: ``x-secret`` fields enter as ciphertext only (P1-X2)."""
    sealed = dict(form)
    for name in forms.secret_fields(action.form):
        if sealed.get(name) is not None:
            sealed[name] = seal_value(sealed[name])
    return sealed


def seal_value(value: Any) -> dict[str, str]:
    """A value as ciphertext alone: ``{"sealed": base64}``."""
    ciphertext = crypto.encrypt(json.dumps(value, ensure_ascii=False), crypto.SEALED_IDENTITY)
    return {"sealed": base64.b64encode(ciphertext).decode("ascii")}


def unsealed(stored: Mapping[str, str]) -> Any:
    """What :func:`seal_value` sealed. Raises as ``crypto.decrypt``."""
    return json.loads(crypto.decrypt(base64.b64decode(stored["sealed"]), crypto.SEALED_IDENTITY))

"""What the health routes answer."""

from __future__ import annotations

import marshmallow as ma


class _Answer(ma.Schema):
    class Meta:
        """Fields may be added later."""

        unknown = ma.EXCLUDE


class HealthSchema(_Answer):
    """The process is alive."""

    status = ma.fields.String(
        required=True,
        validate=ma.validate.Equal("ok"),
        metadata={"description": "Always `ok`"},
    )


class ReadinessCheckSchema(_Answer):
    """One thing the process needs."""

    name = ma.fields.String(
        required=True, metadata={"description": "What was looked at"}
    )
    ok = ma.fields.Boolean(required=True, metadata={"description": "Whether it holds"})
    detail = ma.fields.String(
        required=True, metadata={"description": "What was found, and the cure"}
    )


class ReadinessSchema(_Answer):
    """The process is able to answer."""

    status = ma.fields.String(
        required=True,
        validate=ma.validate.Equal("ready"),
        metadata={"description": "Always `ready`"},
    )
    checks = ma.fields.List(
        ma.fields.Nested(ReadinessCheckSchema),
        required=True,
        metadata={"description": "Everything that was looked at"},
    )

"""What can be wrong with a coordinate or a geometry."""


class GeometryError(ValueError):
    """A geometry or coordinate that cannot be used; the message says why in a few words."""

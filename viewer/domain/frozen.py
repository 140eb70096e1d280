"""Dataclasses that are made quickly: `dataclass` as the standard library has it, for some two hundred classes.

The library writes each method of each class as text and compiles it at every start, which takes half a millisecond a
class, a sixth of the time in which the program's modules are loaded. Only the constructor of a class has to be written
out, and that not before the first object is made, as most classes make none until then; all else is the same for
every class, and comparing and hashing are quicker than what the library writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses
    from operator import attrgetter
    from reprlib import recursive_repr

    _UNSET = object()
    """Stands for a default that is made anew for each object."""

    def dataclass(cls=None, /, *, frozen=False, eq=True, **options):
        """What `dataclasses.dataclass` does."""

        def made(one):
            if one.__doc__ is None:
                one.__doc__ = ""  # the library would have the signature worked out for it
            bare = dataclasses.dataclass(one, init=False, repr=False, eq=False, **options)
            return _completed(bare, frozen, eq, options.get("slots", False))

        return made if cls is None else made(cls)

    def _completed(cls, frozen, eq, slots):
        """Give a class that knows its fields the methods that it lacks; those that it wrote itself stay."""
        own = cls.__dict__
        methods = {"__init__": _constructor(cls), "__repr__": _shown}
        if frozen:
            methods |= {"__setattr__": _not_set, "__delattr__": _not_deleted}
        if frozen and slots:
            methods |= {"__getstate__": _state, "__setstate__": _restored}
        if eq:
            methods |= _comparison(tuple(field.name for field in dataclasses.fields(cls) if field.compare))
            methods |= {} if frozen else {"__hash__": None}
        for name, method in methods.items():
            if name not in own or (name == "__hash__" and own[name] is None):
                setattr(cls, name, method)
        return cls

    def _constructor(cls):
        """`__init__`, which writes itself out when the first object is made."""

        def __init__(self, *args, **named):
            method = _written(cls)
            cls.__init__ = method
            method(self, *args, **named)

        __init__.__qualname__ = f"{cls.__qualname__}.__init__"
        return __init__

    def _written(cls):
        """The one method whose text follows from the fields."""
        known, stays = {"_set": object.__setattr__, "_unset": _UNSET}, cls.__setattr__ is _not_set
        wanted, named, body = ["self"], [], []
        for field in dataclasses.fields(cls):
            name, default, value = field.name, "", field.name
            if field.default_factory is not dataclasses.MISSING:
                known[f"_new_{name}"] = field.default_factory
                default, value = "=_unset", f"_new_{name}() if {name} is _unset else {name}"
            elif field.default is not dataclasses.MISSING:
                known[f"_default_{name}"] = field.default
                default = f"=_default_{name}"
            if field.init:
                (named if field.kw_only else wanted).append(name + default)
            elif default:
                value = f"_new_{name}()" if default == "=_unset" else f"_default_{name}"
            if field.init or default:
                body.append(f" _set(self, {name!r}, {value})" if stays else f" self.{name} = {value}")
        if hasattr(cls, "__post_init__"):
            body.append(" self.__post_init__()")
        if named:
            wanted += ["*", *named]
        exec(f"def __init__({', '.join(wanted)}):\n" + ("\n".join(body) or " pass"), known)  # noqa: S102 - names of fields
        method = known["__init__"]
        method.__qualname__ = f"{cls.__qualname__}.__init__"
        return method

    def _comparison(names):
        """Equal and hashed by the values of these fields."""
        if len(names) > 1:
            values = attrgetter(*names)
        else:
            def values(one):
                return tuple(getattr(one, name) for name in names)

        def equal(self, other):
            if other is self:
                return True
            return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

        def hashed(self):
            return hash(values(self))

        return {"__eq__": equal, "__hash__": hashed}

    @recursive_repr()
    def _shown(self):
        shown = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
        return f"{self.__class__.__qualname__}({', '.join(shown)})"

    def _not_set(self, name, value):
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def _not_deleted(self, name):
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    def _state(self):
        return [getattr(self, field.name) for field in dataclasses.fields(self)]

    def _restored(self, state):
        for field, value in zip(dataclasses.fields(self), state, strict=True):
            object.__setattr__(self, field.name, value)

"""Which columns of a table a row can be found by without reading the table; stores from elsewhere may lack them."""

from __future__ import annotations

from viewer.store.file import StoreFile


def indexed_columns(store: StoreFile, table: str) -> dict[str, bool]:
    """The columns an index of the table begins with; True when no value can occur twice in it."""
    found: dict[str, bool] = {}
    if table not in store.tables:
        return found
    for _, name, unique, _, partial in store.within().execute(f'PRAGMA index_list("{table}")').fetchall():
        if partial:
            continue
        columns = store.within().execute("SELECT name, coll FROM pragma_index_xinfo(?) WHERE key", (name,)).fetchall()
        first, order = columns[0] if columns else (None, "")
        if isinstance(first, str) and order == "BINARY":
            found[first] = found.get(first, False) or bool(unique and len(columns) == 1)
    return found

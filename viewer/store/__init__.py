"""The only SQL: the GeoPackage that holds a data set, opened as if it were hostile."""

"""The charts and tables of the analysis panel, made when somebody first looks at it."""

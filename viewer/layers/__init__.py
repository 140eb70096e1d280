"""One pure class per map layer: state and data set in, drawing primitives out."""

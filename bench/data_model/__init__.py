"""What docs/data-model.md shows of models, sizes and units: read from the models, or measured."""

"""Stands in for torchvision, whose names mosaicml-streaming imports for images; token shards use none of them."""

class VisionDataset:
    """Never used for token shards."""

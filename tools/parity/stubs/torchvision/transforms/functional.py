def to_tensor(picture):
    raise TypeError("no pictures in token shards")

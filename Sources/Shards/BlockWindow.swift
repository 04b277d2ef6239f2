/// The blocks that a shuffled reader takes next, out of their shards: every shard that holds some of them is decoded once.
struct BlockWindow {
    /// Where the sample of a block stands.
    struct Place {
        var shard: DecodedShard
        var range: Range<Int>
    }

    /// In the order of reading; taken ones are nil, so that memory goes as it is used up.
    private var places: [Result<Place, any Error>?] = []
    private var first = 0
    private var lastCount = 0

    /// Whether all of its blocks were taken.
    var isEmpty: Bool { first == places.count }

    /// How many blocks to look ahead next: few at first, so that the first block comes soon and a reader that stops early has decoded
    /// little in vain, and all that memory allows once so many are taken that every shard is decoded anyway.
    mutating func nextCount(of dataset: ShardDataset) -> Int {
        let limit = dataset.options.cacheBytes / max(1, dataset.decodedBytes / max(1, dataset.blockCount))
        let wanted = lastCount == 0 ? 16 : lastCount < dataset.index.shards.count ? lastCount * 4 : limit
        lastCount = max(1, min(wanted, limit))
        return lastCount
    }

    mutating func takeFirst() -> Result<Place, any Error>? {
        guard first < places.count else { return nil }
        defer { first += 1 }
        let place = places[first]
        places[first] = nil
        return place
    }

    /// Holds the blocks of these numbers, in this order. A shard that cannot be loaded fails when its blocks are taken.
    mutating func fill(_ numbers: [Int], of dataset: ShardDataset, load: (Int) throws -> DecodedShard) {
        places.removeAll(keepingCapacity: true)
        places.reserveCapacity(numbers.count)
        for _ in numbers { places.append(nil) }
        first = 0
        let byBlock = numbers.indices.sorted { numbers[$0] < numbers[$1] }
        var next = 0
        while next < byBlock.count {
            let shardNumber = dataset.shard(ofBlock: numbers[byBlock[next]])
            let blocks = dataset.blocks(ofShard: shardNumber)
            let begin = next
            while next < byBlock.count, numbers[byBlock[next]] < blocks.upperBound { next += 1 }
            let group = byBlock[begin..<next]
            do {
                let shard = try load(shardNumber)
                let ranges = group.map { shard.range(ofSample: numbers[$0] - blocks.lowerBound) }
                for (place, taken) in zip(group, try BlockWindow.gathered(ranges, of: shard)) {
                    places[place] = .success(taken)
                }
            } catch {
                for place in group { places[place] = .failure(error) }
            }
        }
    }

    /// The samples at `ranges`, copied out of their shard unless they are most of it.
    private static func gathered(_ ranges: [Range<Int>], of shard: DecodedShard) throws -> [Place] {
        let size = ranges.reduce(0) { $0 + $1.count }
        if size > shard.size / 4 * 3 { return ranges.map { Place(shard: shard, range: $0) } }
        var places: [Range<Int>] = []
        let copy = try DecodedShard(size: size, samples: 0) { buffer in
            var start = 0
            for range in ranges {
                let place = start..<start + range.count
                shard.withBytes(range) { UnsafeMutableRawBufferPointer(rebasing: buffer[place]).copyMemory(from: $0) }
                places.append(place)
                start = place.upperBound
            }
        }
        return places.map { Place(shard: copy, range: $0) }
    }
}

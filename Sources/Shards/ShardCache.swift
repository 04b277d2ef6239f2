internal import Synchronization

/// The uncompressed shards used last, within a budget of bytes. Any number of threads at a time; a shard is loaded outside the
/// lock, so two threads that miss the same one may both load it, and one result is kept.
final class ShardCache: Sendable {
    private struct Slot {
        var shard: DecodedShard
        var lastUse: Int
    }

    private struct State {
        var slots: [Int: Slot] = [:]
        var clock = 0
        var bytes = 0
    }

    private let state = Mutex(State())
    private let budget: Int

    init(budget: Int) { self.budget = max(0, budget) }

    func shard(_ number: Int, load: () throws -> DecodedShard) rethrows -> DecodedShard {
        let hit: DecodedShard? = state.withLock { state in
            guard let slot = state.slots[number] else { return nil }
            state.clock += 1
            state.slots[number] = Slot(shard: slot.shard, lastUse: state.clock)
            return slot.shard
        }
        if let hit { return hit }
        let loaded = try load()
        return state.withLock { state in
            state.clock += 1
            if let slot = state.slots[number] { return slot.shard }
            state.slots[number] = Slot(shard: loaded, lastUse: state.clock)
            state.bytes += loaded.memoryCost
            // Linear in the cached shards, of which there are few; mapped files cost nothing but a slot, hence the second bound.
            while state.slots.count > 2, state.bytes > budget || state.slots.count > 1024 {
                guard let oldest = state.slots.min(by: { $0.value.lastUse < $1.value.lastUse }) else { break }
                state.bytes -= oldest.value.shard.memoryCost
                state.slots[oldest.key] = nil
            }
            return loaded
        }
    }
}

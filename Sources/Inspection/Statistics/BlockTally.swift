import Files
import Parallel
import Shards

/// What one worker counts in the blocks.
final class BlockTally {
    /// A block of the sample.
    struct Sampled {
        var key: UInt64
        var ids: [UInt32]
        var ends: [UInt32]
    }

    @exclusivity(unchecked) private(set) var splits: [BlockStatistics]
    @exclusivity(unchecked) private(set) var histograms: [TokenHistogram]
    /// How often a row has a segment, by split and row.
    @exclusivity(unchecked) private(set) var pieces: [[UInt32]]
    @exclusivity(unchecked) private(set) var sampled: [Sampled] = []
    private let rowSources: RowTable
    private let manySources: Bool
    private let share: Double
    private let seed: UInt64
    @exclusivity(unchecked) private var wide: [UInt32] = []

    init(splits: Int, sources: Int, vocabularySize: Int, rowSources: RowTable, share: Double, seed: UInt64) {
        self.splits = [BlockStatistics](repeating: BlockStatistics(), count: splits)
        // One table for each source as long as they fit into the caches, more or less.
        manySources = sources < 1 || sources * vocabularySize > 1 << 23
        histograms = (0..<(manySources ? 1 : sources)).map { _ in TokenHistogram(size: vocabularySize) }
        pieces = (0..<splits).map { _ in [UInt32](repeating: 0, count: rowSources.count) }
        self.rowSources = rowSources
        self.share = share
        self.seed = seed
    }

    /// Whether tokens were counted source by source.
    var isPerSource: Bool { !manySources }

    func add(_ block: TokenBlock, split: Int) throws {
        splits[split].add(segments: block.segmentEnds.count, paddingStart: block.paddingStart, of: block.count)
        let rows = block.segmentDocuments
        for row in rows where Int(row) < rowSources.count { pieces[split][Int(row)] &+= 1 }
        let done: Void? = block.withStored16 { bytes in
            forEachRun(block) { range, source in
                histograms[source].add16(
                    UnsafeRawBufferPointer(rebasing: bytes[range.lowerBound * 2..<range.upperBound * 2]))
            }
        }
        if done == nil {
            if wide.count < block.count { wide = [UInt32](repeating: 0, count: block.count) }
            wide.withUnsafeMutableBufferPointer { buffer in
                block.copyTokens(to: buffer)
                forEachRun(block) { range, source in
                    histograms[source].add(UnsafeBufferPointer(rebasing: buffer[range]))
                }
            }
        }
        let key = UInt64(split) << 48 | UInt64(block.index)
        if StatisticsOptions.chooses(KeyedHash.mix(key, seed: seed), share: share) {
            sampled.append(
                Sampled(
                    key: key, ids: Array(block.tokens[..<block.paddingStart]), ends: block.segmentEnds))
        }
    }

    /// Calls `body` with stretches of one source; padding is left out.
    private func forEachRun(_ block: TokenBlock, _ body: (Range<Int>, Int) -> Void) {
        let end = block.paddingStart
        if manySources || histograms.count == 1 || block.segmentDocuments.isEmpty { return body(0..<end, 0) }
        var start = 0
        var segment = 0
        while segment < block.segmentEnds.count {
            let source = self.source(of: block.segmentDocuments[segment])
            var next = segment + 1
            while next < block.segmentEnds.count, self.source(of: block.segmentDocuments[next]) == source { next += 1 }
            let runEnd = Int(block.segmentEnds[next - 1])
            body(start..<runEnd, source)
            start = runEnd
            segment = next
        }
    }

    private func source(of row: UInt32) -> Int {
        Int(row) < rowSources.count ? min(Int(rowSources.sources[Int(row)]), histograms.count - 1) : 0
    }
}

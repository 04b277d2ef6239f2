import Building
import Files
import Packing
import Parallel
import Shards

/// One reading of every block of a corpus.
struct BlockPass {
    let blocks: [Split: BlockStatistics]
    let total: TokenHistogram
    /// By source; empty where there are too many sources for that.
    let perSource: [TokenHistogram]
    /// The blocks of the sample, in order.
    let sampled: [BlockTally.Sampled]

    init(
        _ corpus: BuiltCorpus, _ plan: SamplePlan, _ rowSources: RowTable, sources: Int, options: StatisticsOptions,
        pool: WorkerPool
    ) throws {
        let splits = Split.allCases
        let datasets = try splits.map { try corpus.dataset($0) }
        let size =
            corpus.manifest.tokenizer["vocabulary_size"]?.int ?? datasets.compactMap(\.vocabularySize).max() ?? 0
        let jobs = datasets.enumerated().flatMap { dataset, value in value.index.shards.indices.map { (dataset, $0) } }
        let tallies = PerWorkerValue(pool) {
            BlockTally(
                splits: splits.count, sources: sources, vocabularySize: size, rowSources: rowSources,
                share: plan.blockShare, seed: options.seed)
        }
        try pool.forEach(jobs.count) { job, worker in
            let (dataset, shard) = jobs[job]
            let tally = tallies[worker]
            try datasets[dataset].forEachBlock(ofShard: shard) { try tally.add($0, split: dataset) }
        }
        let first = tallies[0]
        var statistics = first.splits
        var histograms = first.histograms
        var pieces = first.pieces
        var sampled = first.sampled
        for tally in tallies.all.dropFirst() {
            for split in splits.indices {
                statistics[split].merge(tally.splits[split])
                for row in pieces[split].indices { pieces[split][row] &+= tally.pieces[split][row] }
            }
            for index in histograms.indices { histograms[index].merge(tally.histograms[index]) }
            sampled += tally.sampled
        }
        sampled.sort { $0.key < $1.key }
        self.sampled = sampled
        var total = TokenHistogram(size: size)
        for index in histograms.indices {
            histograms[index].flush()
            total.merge(histograms[index])
        }
        self.total = total
        perSource = first.isPerSource ? histograms : []
        var blocks: [Split: BlockStatistics] = [:]
        for (number, split) in splits.enumerated() {
            statistics[number].add(datasets[number].index)
            for row in pieces[number].indices {
                // A document that is packed several times has a piece for each.
                let count = Int(pieces[number][row])
                let copies = Int(rowSources.copies[row])
                if count > copies, copies > 0 {
                    statistics[number].documentsCut += 1
                    statistics[number].fragments += count
                }
            }
            blocks[split] = statistics[number]
        }
        self.blocks = blocks
    }
}

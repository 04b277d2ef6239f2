internal import Files
internal import Shards

/// A row of tokens that a step of a run learned from.
public struct StepRow: Sendable, Equatable {
    /// The pass of the step, from 0: one forward and backward computation.
    public let pass: Int
    /// The row in the pass, from 0.
    public let row: Int
    /// The number of the data set in the run.
    public let source: Int
    /// The block.
    public let block: Int
    /// The positions of the block; padding at its end is not read.
    public let positions: Range<Int>
    /// How often the run had taken all rows of the data set before.
    public let epoch: Int
}

extension RunRecord {
    /// Rows of a step, and rows before it in several data sets, beyond which nobody wants to wait for an answer.
    private static let (mostRows, mostWalkedRows) = (1_000_000, 1_000_000_000)

    /// The number of optimizer steps of the whole run, as it was begun.
    public var totalSteps: Int { stepCount }

    /// The data sets of the run, at the paths they have in the record, or one of them at `moved`. Throws `TrainingFailure.changed` where
    /// they are not those the run began with: no step can be told then.
    ///
    /// - Parameter moved: where the one data set that is not at its place stands, or any one by its own path; nil: all stand where they stood.
    public func openData(moved: String? = nil) throws -> TrainingData {
        var places = data
        if let moved {
            let path = PathText.absolute(moved)
            if !places.contains(where: { $0.path == path || PathText.folder(of: $0.path) == path }) {
                let missing = places.indices.filter { !Folder.exists(places[$0].path) }
                guard let place = places.count == 1 ? 0 : missing.first, places.count == 1 || missing.count == 1 else {
                    throw TrainingFailure.unusableData(
                        path: moved,
                        expected: "one of the run's data sets: \(places.map(\.path).joined(separator: ", "))",
                        found: "another one")
                }
                places[place].path = path
            }
        }
        let opened = try TrainingData(places)
        let digest = opened.digest()
        guard digest == dataDigest else {
            throw TrainingFailure.changed(
                path: path, what: "the data (digest)", before: dataDigest, now: digest)
        }
        return opened
    }

    /// The rows of step `step`, from 1 as in `metrics.jsonl`, in the order in which the run reads them. They follow from the seed, the shape of
    /// the batch and the numbers of blocks alone. Throws `TrainingFailure.wrongOption` for a step that the run does not have.
    public func rows(ofStep step: Int, data: TrainingData) throws -> [StepRow] {
        guard step >= 1, step <= totalSteps else {
            throw TrainingFailure.wrongOption(
                name: "step", expected: "1 to \(totalSteps), the steps of the run", found: "\(step)")
        }
        var order = try RowOrder(data, sequenceLength: options.sequenceLength, seed: options.seed)
        let perPass = options.batchRows
        let perStep = perPass * options.gradientAccumulation
        guard perStep <= RunRecord.mostRows else {
            throw TrainingFailure.wrongOption(
                name: "step", expected: "steps of at most \(RunRecord.mostRows) rows", found: "\(perStep)")
        }
        let (before, overflows) = (step - 1).multipliedReportingOverflow(by: perStep)
        // One data set is skipped over at once; several are walked, some ten million rows a second.
        let most = data.sources.count == 1 ? Int.max / 2 : RunRecord.mostWalkedRows
        guard !overflows, before <= most else {
            throw TrainingFailure.wrongOption(
                name: "step", expected: "1 to \(most / perStep), which the order of the rows can be followed to",
                found: "\(step)")
        }
        order.skip(before)
        var rows: [StepRow] = []
        for number in 0..<perStep {
            guard let place = order.next() else { break }
            let dataset = data.sources[place.source].dataset
            // Blocks of data sets of others may differ in length.
            let count = try dataset.blockLength ?? dataset.block(place.block).count
            let length = options.sequenceLength ?? count
            rows.append(
                StepRow(
                    pass: number / perPass, row: number % perPass, source: place.source, block: place.block,
                    positions: min(place.part * length, count)..<min((place.part + 1) * length, count),
                    epoch: place.epoch))
        }
        return rows
    }

    /// How many steps the run has made, by its `metrics.jsonl`; those that a resumed run will make again count. Cost: the file is read once.
    public func stepsMade() throws -> Int {
        let metrics = RunFolder(path: PathText.folder(of: path)).metrics
        guard Folder.exists(metrics) else { return 0 }
        var made = 0
        var lines = LineReader(try FileByteStream(metrics))
        // A kill may have cut the last line.
        while let step = try lines.next({ (try? JSONValue(parsing: Array($0), name: metrics))?["step"]?.int ?? 0 }) {
            made = max(made, step)
        }
        return made
    }
}

import Files

/// What the steps of a run that was begun took.
struct RunSpeed: Equatable {
    /// The last step that was made.
    var steps = 0
    var tokens = 0.0
    var seconds = 0.0

    /// Tokens a second; nil before the first step.
    var tokensPerSecond: Double? { seconds > 0 && tokens > 0 ? tokens / seconds : nil }

    /// Reads `metrics.jsonl` of a run; a line that is not whole is passed over.
    init(folder: String) throws {
        let path = PathText.join(folder, "metrics.jsonl")
        guard Folder.exists(path) else { return }
        var lines = LineReader(try FileByteStream(path))
        while true {
            let line = try lines.next { line in try? JSONValue(parsing: Array(line), name: path) }
            guard let line else { return }
            guard let value = line, value["validation_loss"] == nil, let step = value["step"]?.int,
                let tokens = value["tokens"]?.int, let seconds = value["step_seconds"]?.double
            else { continue }
            steps = max(steps, step)
            // The first step pays for fresh memory.
            if step > 1 || self.seconds == 0 {
                if step == 2 { (self.tokens, self.seconds) = (0, 0) }
                self.tokens += Double(tokens)
                self.seconds += seconds
            }
        }
    }
}

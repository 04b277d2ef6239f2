internal import Files

/// What decides a run's numbers, as it stands in `run.json` and in every checkpoint: a run is resumed only where it is the same.
struct RunDescription {
    static let version = 2

    let options: TrainingOptions
    let totalSteps: Int
    let modelPath: String
    /// Of the base model's configuration and weights.
    let modelDigest: String
    let dataDigest: String
    let data: [(path: String, weight: Double?)]
    let tokenizerPath: String?

    var json: JSONValue {
        [
            "version": .integer(RunDescription.version), "options": options.json, "total_steps": .integer(totalSteps),
            "model": .string(PathText.absolute(modelPath)), "model_digest": .string(modelDigest),
            "data_digest": .string(dataDigest),
            "data": .array(
                data.map {
                    ["path": .string(PathText.absolute($0.path)), "weight": $0.weight.map { .double($0) } ?? .null]
                }),
            "tokenizer": tokenizerPath.map { .string(PathText.absolute($0)) } ?? .null,
        ]
    }

    /// Throws `TrainingFailure.changed` naming the first thing that differs from the description in `path`.
    func requireSame(as before: JSONValue, path: String) throws {
        guard before["version"]?.int == RunDescription.version, let options = before["options"]?.members else {
            throw TrainingFailure.malformed(
                path: path, place: "version", expected: "\(RunDescription.version)",
                found: before["version"]?.text() ?? "none")
        }
        let now = self.options.json.members ?? [:]
        for name in Set(options.keys).union(now.keys).sorted(by: precedesInByteOrder)
        where !TrainingOptions.changeableNames.contains(name) {
            let (old, new) = (options[name] ?? .null, now[name] ?? .null)
            if old == new { continue }
            guard let oldMembers = old.members, let newMembers = new.members else {
                throw changed(path, "option \(name)", old, new)
            }
            for inner in Set(oldMembers.keys).union(newMembers.keys).sorted(by: precedesInByteOrder) {
                let (old, new) = (oldMembers[inner] ?? .null, newMembers[inner] ?? .null)
                if old != new { throw changed(path, "option \(name).\(inner)", old, new) }
            }
        }
        let rest: [(String, String, JSONValue)] = [
            ("data_digest", "the data (digest)", .string(dataDigest)),
            ("model_digest", "the model (digest)", .string(modelDigest)),
            ("total_steps", "the number of steps", .integer(totalSteps)),
        ]
        for (name, what, now) in rest where before[name] != now {
            throw changed(path, what, before[name] ?? .null, now)
        }
    }

    private func changed(_ path: String, _ what: String, _ before: JSONValue, _ now: JSONValue) -> TrainingFailure {
        .changed(path: path, what: what, before: before.text(), now: now.text())
    }
}

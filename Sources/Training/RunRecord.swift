public import Files
internal import Glibc

/// What `run.json` in the folder of a run says of it, so that it can go on without being told again.
public struct RunRecord: Sendable {
    /// The options that the run began with.
    public let options: TrainingOptions
    /// The model it began with.
    public let modelPath: String
    /// The data sets and their weights.
    public let data: [(path: String, weight: Double?)]
    /// The tokenizer that was named for it, where one was.
    public let tokenizerPath: String?
    /// The most steps of a run; as many as a number of epochs may come to.
    static let mostSteps = 1_000_000_000_000_000

    /// Steps of the whole run.
    let stepCount: Int
    /// The identity of all blocks.
    let dataDigest: String
    /// The file.
    let path: String

    /// Reads the record in `folder`; nil where no run has begun there.
    public init?(folder: String) throws {
        path = RunFolder(path: folder).description
        guard Folder.exists(path) else { return nil }
        let value = try JSONValue(file: path)
        guard value["version"]?.int == RunDescription.version else {
            throw TrainingFailure.malformed(
                path: path, place: "version", expected: "\(RunDescription.version)",
                found: value["version"]?.text() ?? "none")
        }
        options = try TrainingOptions(json: value["options"] ?? .null)
        guard let model = value["model"]?.string, let items = value["data"]?.items else {
            throw TrainingFailure.malformed(
                path: path, place: "model, data", expected: "a path and a list", found: "something else")
        }
        guard let steps = value["total_steps"]?.int, (0...RunRecord.mostSteps).contains(steps) else {
            throw TrainingFailure.malformed(
                path: path, place: "total_steps", expected: "an integer from 0 to \(RunRecord.mostSteps)",
                found: value["total_steps"]?.text() ?? "none")
        }
        guard let digest = value["data_digest"]?.string else {
            throw TrainingFailure.malformed(
                path: path, place: "data_digest", expected: "a digest", found: value["data_digest"]?.text() ?? "none")
        }
        stepCount = steps
        dataDigest = digest
        modelPath = model
        data = try items.map { [path] item in
            guard let source = item["path"]?.string else {
                throw TrainingFailure.malformed(
                    path: path, place: "data", expected: "objects with a path", found: item.text())
            }
            return (source, item["weight"]?.double)
        }
        tokenizerPath = value["tokenizer"]?.string
    }

    /// The options to go on with: those of the run, but for what may change and is `given` again. Throws `TrainingFailure.changed` for
    /// the first other one that is given and differs; `title` says how the person gave it.
    ///
    /// - Parameter given: options by name, `lora` with its own names inside.
    public func options(with given: JSONValue, title: (_ name: String) -> String) throws -> TrainingOptions {
        let (before, now) = (options.json.flattened(), try TrainingOptions(json: given).json.flattened())
        var members = options.json.members ?? [:]
        for name in given.flattened().keys.sorted(by: precedesInByteOrder) {
            if TrainingOptions.changeableNames.contains(name) {
                members[name] = given[name]
            } else if before[name] != now[name] {
                throw TrainingFailure.changed(
                    path: path, what: title(name), before: (before[name] ?? .null).text(),
                    now: (now[name] ?? .null).text())
            }
        }
        return try TrainingOptions(json: .object(members))
    }
}

extension JSONValue {
    /// Members by name, those of objects inside by `outer.inner`.
    fileprivate func flattened() -> [String: JSONValue] {
        var flat: [String: JSONValue] = [:]
        for (name, value) in members ?? [:] {
            guard let inner = value.members else {
                flat[name] = value
                continue
            }
            for (innerName, value) in inner { flat["\(name).\(innerName)"] = value }
        }
        return flat
    }
}

import Building
import Files
import Shards
import Training

/// A data set to train on: a built corpus or an MDS folder of another program.
struct ExaminedData {
    /// The data set as `train` opens it.
    let set: TrainingSet
    /// Whether what is held out is there and cannot be read: that is not the same as none.
    let isValidationDamaged: Bool
    /// The seal of a built corpus.
    let manifest: Manifest?
    /// What the sampled rows are like, once they were looked at.
    var sample: RowSample?

    var path: String { self.set.path }
    var weight: Double? { self.set.weight }
    var train: ShardDataset { self.set.train }
    /// What is held out; nil where there is none.
    var validation: ShardDataset? { self.set.validation.flatMap { $0.blockCount > 0 ? $0 : nil } }

    /// The most tokens of a row.
    var length: Int? { train.blockLength ?? sample?.longest }

    /// Whether documents are conversations: the recipe of a corpus has instructions; of data without one, blocks say what carries loss.
    var isForInstruction: Bool {
        guard let manifest else { return train.hasLossSpans }
        return manifest.recipe["sources"]?.items?.contains { $0["instructions"] != nil } ?? false
    }

    /// Opens the indices; what cannot be opened, and what keeps the data from being trained on, is a finding.
    static func open(_ path: String, weight: Double?) -> (ExaminedData?, [Finding]) {
        var findings: [Finding] = []
        func finding(_ place: String, _ error: any Error, _ hint: String, _ what: String = "data") -> Finding {
            Finding(
                rule: "data", place: place, expected: "blocks that can be read", found: "\(error)", hint: hint,
                subject: "\(what) \(PathText.name(of: path))")
        }
        let output = OutputFolder(path)
        let folders = TrainingSet.folders(of: path)
        let isBuilt = folders.validation != nil && Folder.exists(output.manifest)
        let mend =
            isBuilt
            ? "`shardmill repair` makes it again from documents/; `shardmill validate` names all that is wrong"
            : "`shardmill validate` names all that is wrong; put the files back, or build again"
        let train: ShardDataset
        do { train = try ShardDataset(folders.train) } catch { return (nil, [finding(folders.train, error, mend)]) }
        var validation: ShardDataset?
        if let held = folders.validation {
            do { validation = try ShardDataset(held) } catch {
                findings.append(finding(held, error, mend, "validation of"))
            }
        }
        let isDamaged = folders.validation != nil && validation == nil
        var manifest: Manifest?
        if Folder.exists(output.manifest) {
            do {
                manifest = try Manifest(folder: path)
                findings += manifest?.findings(output, isNoted: false) ?? []
            } catch {
                findings.append(finding(output.manifest, error, "put the file back from a copy, or build again"))
            }
        }
        if output.isHalfReplaced {
            findings.append(
                Finding(
                    rule: "data", place: path, expected: "a sealed corpus",
                    found: "a build that was ended while it replaced the files", hint: "run the build again",
                    subject: "seal"))
        }
        let set = TrainingSet(path: path, weight: weight, train: train, validation: validation)
        findings += set.problems.map { Finding($0, rule: "data") }
        return (ExaminedData(set: set, isValidationDamaged: isDamaged, manifest: manifest), findings)
    }
}

extension Finding {
    /// What keeps data from being trained on.
    init(_ problem: TrainingSet.Problem, rule: String) {
        self.init(
            rule: rule, place: problem.path, expected: problem.expected, found: problem.found, hint: problem.hint,
            subject:
                "\(rule) \(PathText.name(of: problem.path)) \(problem.expected.prefix { $0.isLetter || $0 == " " })")
    }
}

import Building
import Files
import Shards

/// A data set to train on: a built corpus or an MDS folder of another program.
struct ExaminedData {
    let path: String
    let weight: Double?
    let train: ShardDataset
    /// What is held out; nil where there is none.
    let validation: ShardDataset?
    /// The seal of a built corpus.
    let manifest: Manifest?
    /// What the sampled rows are like, once they were looked at.
    var sample: RowSample?

    /// The most tokens of a row.
    var length: Int? { train.blockLength ?? sample?.longest }

    /// Opens the index; what cannot be opened is a finding.
    static func open(_ path: String, weight: Double?) -> (ExaminedData?, [Finding]) {
        var findings: [Finding] = []
        func finding(_ place: String, _ error: any Error, _ hint: String) -> Finding {
            Finding(
                rule: "data", place: place, expected: "blocks that can be read", found: "\(error)", hint: hint,
                subject: "data \(PathText.name(of: path))")
        }
        let output = OutputFolder(path)
        let isBuild = Folder.exists(PathText.join(output.split(.train), MDSIndex.fileName))
        let folder = isBuild || CorpusCheck.isCorpus(path) ? output.split(.train) : path
        let train: ShardDataset
        do { train = try ShardDataset(folder) } catch {
            return (nil, [finding(folder, error, "`shardmill validate` names all that is wrong; build again")])
        }
        var manifest: Manifest?
        if Folder.exists(output.manifest) {
            do { manifest = try Manifest(folder: path) } catch {
                findings.append(finding(output.manifest, error, "build again into a new folder"))
            }
        }
        if output.isHalfReplaced {
            findings.append(
                Finding(
                    rule: "data", place: path, expected: "a sealed corpus",
                    found: "a build that was ended while it replaced the files", hint: "run the build again",
                    subject: "seal"))
        }
        let held = try? ShardDataset(output.split(.validation))
        return (
            ExaminedData(
                path: path, weight: weight, train: train,
                validation: held.flatMap { $0.blockCount > 0 ? $0 : nil }, manifest: manifest), findings
        )
    }
}

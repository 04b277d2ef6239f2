import Files

/// Whether `manifest.json` is as it was written: its member `seal` is a digest of all others.
public enum ManifestSeal: Sendable, Equatable {
    /// It is.
    case whole
    /// It says nothing of itself: an earlier version wrote it.
    case absent
    /// A member was changed after it was written.
    case broken(expected: String, found: String)

    static let member = "seal"

    /// The digest of a manifest's members, the seal itself left out. It covers what they say, not how the text is laid out.
    static func digest(_ members: [String: JSONValue]) -> String {
        var members = members
        members[ManifestSeal.member] = nil
        return SHA256Digest.hexadecimal(of: JSONValue.object(members).encoded())
    }

    /// The seal of a manifest that was read.
    init(_ members: [String: JSONValue]) {
        let own = ManifestSeal.digest(members)
        guard let stated = members[ManifestSeal.member] else {
            // A manifest that names the tokenizer's files had a seal.
            self = members["tokenizer"]?["files"] == nil ? .absent : .broken(expected: "a seal", found: "none")
            return
        }
        self = stated.string == own ? .whole : .broken(expected: stated.text(), found: own)
    }
}

extension Manifest {
    /// A file that is not what the manifest says.
    public struct FileProblem: Sendable, Equatable {
        /// The path.
        public var path: String
        /// What was expected.
        public var expected: String
        /// What was found.
        public var found: String
        /// Whether it is a file that the manifest does not know: nothing is lost with it.
        public var isExtra = false
    }

    /// SHA-256 of the files of `tokenizer/` by name; nil in manifests of before they were counted.
    public var tokenizerFiles: [String: String]? { tokenizer["files"]?.members?.compactMapValues(\.string) }

    /// What is wrong with the files of `tokenizer/`, in byte order of their names. Cost: they are read.
    public func tokenizerProblems(_ output: OutputFolder) -> [FileProblem] {
        guard let files = tokenizerFiles else { return [] }
        var problems: [FileProblem] = []
        for (name, digest) in files.sorted(by: { precedesInByteOrder($0.key, $1.key) }) {
            let path = PathText.join(output.tokenizer, name)
            let found: String
            if !Folder.exists(path) {
                found = "no file"
            } else {
                do { found = try SHA256Digest.hexadecimal(ofFile: path) } catch { found = "\(error)" }
            }
            if found != digest { problems.append(FileProblem(path: path, expected: "sha256 \(digest)", found: found)) }
        }
        let names = ((try? Folder.names(in: output.tokenizer)) ?? []).sorted(by: precedesInByteOrder)
        for name in names where files[name] == nil && !name.hasPrefix(".") {
            problems.append(
                FileProblem(
                    path: PathText.join(output.tokenizer, name), expected: "no file of this name", found: "one",
                    isExtra: true))
        }
        return problems
    }

    /// Whether nothing in `tokenizer/` was changed or lost, as far as its files' digests say.
    func hasWholeTokenizer(_ output: OutputFolder) -> Bool { tokenizerProblems(output).allSatisfy(\.isExtra) }

    /// Whether a member was changed since it was written.
    var isEdited: Bool { if case .broken = seal { true } else { false } }
}

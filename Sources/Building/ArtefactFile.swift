import Files

/// Reads artefacts that are one zstd frame.
enum ArtefactFile {
    /// The content of the artefact at `path`; throws `BuildFailure.damagedArtefact` where it is not whole.
    static func content(_ path: String) throws -> [UInt8] {
        try checked(path) { try ZstdDecompressor().decompress(file: path) }
    }

    /// Calls `body`, which reads the artefact at `path`, and says what is to be done where that is damaged.
    static func checked<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let failure as FileFailure where failure.kind == .unreadableInput {
            throw BuildFailure.damagedArtefact(path: path, problem: "it is damaged")
        }
    }
}

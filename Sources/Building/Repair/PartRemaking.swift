import Files
import Parallel
import Tokenization

/// Makes files of `documents/` and `rejected/` of a sealed corpus again from the artefacts in `work/`: everything is decided anew as the build
/// decided it, and a file gets its name only where it has the digest that the manifest states. The inputs are not needed; files that the recipe
/// names beside them (evaluation sets, a model) are.
struct PartRemaking {
    let output: OutputFolder
    let manifest: Manifest

    /// Makes parts of `documents/`, by number, and the file of `rejected/`. Throws where the artefacts are gone or lead to anything else than the
    /// manifest says; nothing is replaced then.
    func run(parts wanted: [Int], rejections: Bool, _ pool: WorkerPool) throws {
        let work = try WorkPlan(folder: output)
        let plan = try BuildPlan(work: work, output: output)
        let keys = work.entries.map(\.extract)
        guard keys.map(plan.tokenKey) == work.entries.map(\.tokens) else {
            throw SealedFailure.otherArtefacts(
                folder: output.work, expected: "artefacts of this version and of the tokenizer of the corpus",
                found: "those of another")
        }
        let run = BuildRun(recipe: plan.recipe, folder: output.path, options: BuildOptions(), tool: "")
        var extracts = try work.entries.map {
            try ExtractArtefact(folder: output.extracted, key: $0.extract, source: $0.source)
        }
        for (index, entry) in work.entries.enumerated() {
            if let key = entry.perplexity {
                try extracts[index].take(PerplexityArtefact(folder: output.perplexity, key: key))
            }
        }
        let tokens = try work.entries.map { try TokenArtefact(folder: output.tokens, key: $0.tokens) }
        let decided = try run.decide(
            plan, keys, extracts, tokens, sealed: manifest,
            layer: CorpusLayer(generation: manifest.generation, identity: manifest.identity), pool)
        let target = OutputFolder(PathText.join(output.work, ".tmp-repair"))
        try Folder.remove(target.path)
        defer { try? Folder.remove(target.path) }
        for folder in [target.documents, target.rejected] { try Folder.create(folder) }
        let parts = DocumentParts(
            plan: plan, decision: decided.decision, extractKeys: keys, tokens: decided.shelf, output: output,
            earlier: nil, target: target)
        let ranges = parts.ranges
        let names = ranges.indices.map { parts.name(ofPart: $0, layer: ranges[$0].layer) }
        guard names == manifest.documentParts.map(\.name) else {
            throw SealedFailure.otherArtefacts(
                folder: output.work, expected: "artefacts of \(manifest.documentParts.count) parts of documents",
                found: "those of \(names.count), or of other layers")
        }
        let places = decided.decision.layout.places(rows: decided.decision.kept.count)
        let made = try pool.map(wanted.count) { place, _ in
            let part = wanted[place]
            return try parts.write(part: part, layer: ranges[part].layer, rows: ranges[part].rows, places: places)
        }
        var moves: [(from: String, to: String)] = []
        func take(_ made: Manifest.DocumentPart, _ sealed: Manifest.DocumentPart, _ from: String, _ to: String) throws {
            guard made == sealed else {
                throw SealedFailure.otherArtefacts(
                    folder: output.work,
                    expected: "\(sealed.documents) records of digest \(sealed.sha256) for \(sealed.name)",
                    found: "\(made.documents) of \(made.sha256)")
            }
            moves.append((PathText.join(from, made.name), PathText.join(to, made.name)))
        }
        for (part, made) in zip(wanted, made) {
            try take(made, manifest.documentParts[part], target.documents, output.documents)
        }
        if rejections {
            try take(parts.writeRejections(), manifest.rejectedPart, target.rejected, output.rejected)
        }
        for folder in [output.documents, output.rejected] { try Folder.create(folder) }
        for move in moves { try FolderCopy.copyFile(move.from, to: move.to) }
        for folder in [output.documents, output.rejected] { Folder.sync(folder) }
    }
}

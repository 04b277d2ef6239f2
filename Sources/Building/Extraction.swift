import Cleaning
import Deduplication
import Documents
import Files
import Readers

/// Phase 2 for one partition: read, clean, measure, write the artefact.
struct Extraction {
    let plan: BuildPlan
    let folder: String

    /// The sums over the documents of a partition, and what measures them.
    private struct Totals {
        let measure: QualityMeasure
        var ledger = ExtractionLedger()
        var boilerplate: [String: Int] = [:]
        var clauses = ClauseArtefact.Writer()

        mutating func add(_ document: ExtractionLedger) {
            ledger.merge(document)
            for rule in document.removed.keys where rule.hasPrefix(BoilerplateRules.ledgerPrefix) {
                boilerplate[rule, default: 0] += 1
            }
        }
    }

    /// Extracts a partition into its artefact, in memory of one document, the facts and what `measure` remembers of words.
    func run(_ partition: Partition, key: String, measure: QualityMeasure) throws {
        var writer = try ZstdFileWriter(ExtractArtefact.documentsPath(folder, key), level: 3)
        var outcomes: [ExtractArtefact.Outcome] = []
        var totals = Totals(measure: measure)
        let inputs = Array(plan.inputs[partition.inputs])
        let form = plan.form(ofPartition: partition)
        // Conversations have no parts.
        let groups = form == nil ? InputFile.groups(inputs.map(\.relativePath)) : inputs.indices.map { $0..<$0 + 1 }
        for group in groups {
            let members = Array(inputs[group])
            try read(members, partition.range, &writer, &outcomes, &totals)
            // The artefact bears the digest that the plan took: what was read must be that file.
            for input in members where try FileStamp(input.path) != input.stamp {
                throw BuildFailure.changedInput(path: input.path)
            }
        }
        try writer.commit()
        try totals.clauses.write(ClauseArtefact.path(folder, key))
        let facts = ExtractArtefact.encodeFacts(
            outcomes, ledger: totals.ledger, boilerplate: totals.boilerplate)
        try ZstdCompressor(level: 3).write(facts, to: ExtractArtefact.factsPath(folder, key))
    }

    /// Reads one input, or the parts of one specification.
    private func read(
        _ inputs: [PlannedInput], _ range: Range<Int>?, _ writer: inout ZstdFileWriter,
        _ outcomes: inout [ExtractArtefact.Outcome],
        _ totals: inout Totals
    ) throws {
        let first = inputs[0]
        let source = plan.recipe.sources[first.source]
        var reader = DocumentReader(
            options: source.options(plan.recipe.read), renderer: source.instructions?.renderer)
        let files = inputs.map {
            InputFile(path: $0.path, relativePath: $0.relativePath, source: source.name, range: range)
        }
        var writeError: (any Error)?
        func emit(_ document: Document) throws {
            do {
                try keep(document, source: first, &writer, &outcomes, &totals)
            } catch {
                writeError = error
                throw error
            }
        }
        do {
            if files.count == 1 {
                try reader.read(files[0], emit: emit, reject: { outcomes.append(.rejected(named($0, inputs))) })
            } else {
                try reader.read(parts: files, emit: emit, reject: { outcomes.append(.rejected(named($0, inputs))) })
            }
        } catch {
            if let writeError { throw writeError }
            // What the system refused now may work later: that is no property of the input, and no artefact may remember it.
            if let failure = error as? any Failure, failure.kind == .inputOutput || failure.kind == .missingInput {
                throw failure
            }
            outcomes.append(.rejected(named(DocumentReader.rejection(of: error, input: files[0]), inputs)))
        }
    }

    /// The rejection without the place of the file on this machine: the same input gives the same bytes from any folder.
    private func named(_ rejection: Rejection, _ inputs: [PlannedInput]) -> Rejection {
        var rejection = rejection
        for input in inputs { rejection.value = rejection.value.replacing(input.path, with: input.relativePath) }
        return rejection
    }

    private func keep(
        _ read: Document, source input: PlannedInput, _ writer: inout ZstdFileWriter,
        _ outcomes: inout [ExtractArtefact.Outcome], _ totals: inout Totals
    ) throws {
        var document = read
        let source = plan.recipe.sources[input.source]
        if document.metadata.licence == nil { document.metadata.licence = source.licence }
        // The bytes of a conversation are counted: nothing may change them.
        if source.instructions != nil { return try write(document, input, &writer, &outcomes, &totals) }
        try plan.recipe.cleaning.clean(document) { try write($0, input, &writer, &outcomes, &totals) }
    }

    private func write(
        _ document: Document, _ input: PlannedInput, _ writer: inout ZstdFileWriter,
        _ outcomes: inout [ExtractArtefact.Outcome], _ totals: inout Totals
    ) throws {
        let place = document.path(in: input.relativePath)
        let gap = document.ledgerGap
        if gap != 0 {
            outcomes.append(.rejected(document.openLedgerRejection(path: place, gap: gap)))
            return
        }
        if let rejection = document.emptyRejection(path: place) {
            outcomes.append(.rejected(rejection))
            return
        }
        totals.add(document.ledger)
        let content = ContentKey(document.text)
        let source = plan.recipe.sources[input.source]
        let lineage =
            source.instructions == nil ? document.lineage(source: source.name, file: input.relativePath) : nil
        totals.clauses.append(lineage == nil ? nil : document)
        var facts = DocumentFacts(
            id: document.id, source: input.source, path: place, family: Family.key(of: document),
            content: (content.high, content.low), bytes: document.text.count,
            signals: totals.measure.measure(document), lineage: lineage,
            language: plan.recipe.cleaning.measuresLanguage ? LanguageMeasure.measure(document) : nil,
            classes: TextClassifier.scores(document, by: plan.classifiers))
        try writer.append { pending in
            let start = pending.count
            document.appendJSONLine(to: &pending)
            facts.record = pending.withUnsafeBytes {
                XXHash3.hash128(UnsafeRawBufferPointer(rebasing: $0[start...]))
            }
        }
        outcomes.append(.document(facts))
    }
}

extension Document {
    /// Which version of which specification this is; nil where it is none, and for papers that ask to change one.
    fileprivate func lineage(source: String, file: String) -> LineageMember? {
        guard let specification = metadata.specification, metadata.other["document_type"] == nil else { return nil }
        let version = metadata.version.flatMap(SpecificationVersion.init)
        // A file of records may hold the clauses of one version, and many versions.
        return LineageMember(
            specification: specification, version: version, release: metadata.release,
            text: "\(source)/\(file) \(version?.text ?? "")")
    }
}

/// The key of the family a document belongs to.
enum Family {
    /// The specification's number, the same for every version, release and publisher, also of a request to change it; else the id of the
    /// undivided text.
    static func key(of document: Document) -> String {
        if let specification = document.metadata.specification { return "specification \(specification)" }
        if case .string(let changed)? = document.metadata.other["changes"] { return "specification \(changed)" }
        if case .string(let whole)? = document.metadata.other["whole"] { return "text \(whole)" }
        return "text \(document.id)"
    }
}

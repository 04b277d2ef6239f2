import Documents
import Files

/// What extraction left of one partition: `<key>.documents.zst`, the documents in order, one a line, and `<key>.facts.zst`, what
/// happened in order. The facts are written last: where they stand, the documents are whole.
struct ExtractArtefact: Sendable {
    /// What became of an input, in the order of reading.
    enum Outcome: Sendable {
        case document(DocumentFacts)
        case rejected(Rejection)
    }

    let documentsPath: String
    private(set) var outcomes: [Outcome]
    let ledger: ExtractionLedger
    /// Documents that each rule of boilerplate took something from.
    let boilerplate: [String: Int]

    /// Documents among the outcomes.
    var documentCount: Int {
        outcomes.count {
            if case .document = $0 { true } else { false }
        }
    }

    static func documentsPath(_ folder: String, _ key: String) -> String { "\(folder)/\(key).documents.zst" }
    static func factsPath(_ folder: String, _ key: String) -> String { "\(folder)/\(key).facts.zst" }

    static func exists(_ folder: String, _ key: String) -> Bool {
        Folder.exists(factsPath(folder, key)) && Folder.exists(documentsPath(folder, key))
    }

    static func encodeFacts(_ outcomes: [Outcome], ledger: ExtractionLedger, boilerplate: [String: Int]) -> [UInt8] {
        var out: [UInt8] = []
        for outcome in outcomes {
            switch outcome {
            case .document(let facts): out += JSONValue.object(["document": facts.json]).encoded()
            case .rejected(let rejection): out += JSONValue.object(["rejected": rejection.json]).encoded()
            }
            out.append(0x0A)
        }
        out += JSONValue.object([
            "boilerplate": .object(boilerplate.mapValues { .integer($0) }), "end": .integer(outcomes.count),
            "ledger": ledger.json,
        ]).encoded()
        out.append(0x0A)
        return out
    }

    /// Reads the facts of a partition whose inputs belong to the source of index `source`.
    init(folder: String, key: String, source: Int) throws {
        documentsPath = ExtractArtefact.documentsPath(folder, key)
        let path = ExtractArtefact.factsPath(folder, key)
        var lines = LineReader(try ArtefactFile.checked(path) { try ByteStream.open(path) })
        let parser = JSONParser()
        var outcomes: [Outcome] = []
        var ledger: ExtractionLedger?
        var boilerplate: [String: Int] = [:]
        while let value = try ArtefactFile.checked(
            path, { try lines.next { try parser.parse($0, name: path) { $0.value } } })
        {
            if let facts = value["document"].flatMap({ DocumentFacts(json: $0, source: source) }) {
                outcomes.append(.document(facts))
            } else if let rejection = value["rejected"].flatMap(Rejection.init(json:)) {
                outcomes.append(.rejected(rejection))
            } else if value["end"]?.int == outcomes.count,
                let balance = value["ledger"].flatMap(ExtractionLedger.init(json:))
            {
                ledger = balance
                boilerplate = (value["boilerplate"]?.members ?? [:]).compactMapValues(\.int)
            } else {
                throw BuildFailure.damagedArtefact(path: path, problem: "line \(lines.lineNumber) is not a fact")
            }
        }
        guard let ledger else {
            throw BuildFailure.damagedArtefact(
                path: path, problem: "ends after \(outcomes.count) facts without its last line")
        }
        self.outcomes = outcomes
        self.ledger = ledger
        self.boilerplate = boilerplate
    }

    /// Adds the perplexities of the documents. Throws `BuildFailure.damagedArtefact` where they are not as many.
    mutating func take(_ perplexities: PerplexityArtefact) throws {
        guard perplexities.signals.count == documentCount else {
            throw BuildFailure.damagedArtefact(
                path: perplexities.path,
                problem: "\(perplexities.signals.count) documents instead of \(documentCount)")
        }
        var signals = perplexities.signals.makeIterator()
        for index in outcomes.indices {
            guard case .document(var facts) = outcomes[index] else { continue }
            facts.perplexity = signals.next()
            outcomes[index] = .document(facts)
        }
    }

    /// Calls `body` with every document in order, until it returns false.
    static func forEachDocument(at path: String, _ body: (inout Document) throws -> Bool) throws {
        var lines = LineReader(try ByteStream.open(path))
        let parser = JSONParser()
        while var document = try lines.next({ line in
            try parser.parse(line, name: path, isLineOfReader: true) { try Document(jsonLine: $0, name: path) }
        }) {
            if try !body(&document) { return }
        }
    }
}

public import Documents
public import Files

/// A model and the label that it is asked for. Any thread may ask.
public struct TextClassifier: Sendable {
    /// What is asked.
    public let options: TextClassOptions
    private let model: FastTextModel
    private let label: Int

    /// Loads the model at `path`. Throws `CleaningFailure.badModel` for a damaged file or a label that the model has not, `FileFailure` where the
    /// file cannot be read.
    public init(_ options: TextClassOptions, path: String) throws {
        self.options = options
        model = try FastTextModel(path)
        guard let label = model.labels.firstIndex(of: options.label) else {
            let names = model.labels.prefix(20).joined(separator: ", ")
            throw CleaningFailure.badModel(
                path: path,
                problem: "has no label \(options.label); it has \(names)\(model.labels.count > 20 ? ", …" : "")")
        }
        self.label = label
    }

    /// Longer texts are judged by their beginning.
    static let mostBytes = 1 << 20

    /// The score of a document in millionths: the probability of the label as `fasttext predict-prob` prints it for the text in one line, at
    /// most a million; nil where the model knows nothing in the text.
    public func score(_ document: Document) -> Int? {
        var line = options.extent == .prose ? LanguageMeasure.prose(of: document) : document.text
        if line.count > TextClassifier.mostBytes {
            var end = TextClassifier.mostBytes
            while end > 0, line[end] & 0xC0 == 0x80 { end -= 1 }
            line.removeSubrange(end...)
        }
        for index in line.indices where line[index] == 0x0A { line[index] = 0x20 }
        let probability = line.withUnsafeBufferPointer { model.probability(ofLabel: label, in: $0) }
        // The library adds 0.00001 before it takes a logarithm.
        return probability.map { min(1_000_000, Int(($0 * 1_000_000).rounded())) }
    }

    /// The scores that classifiers give a document, in their order.
    public static func scores(_ document: Document, by classifiers: [TextClassifier]) -> [TextClassScore] {
        classifiers.map { TextClassScore(name: $0.options.name, millionths: $0.score(document)) }
    }
}

/// What a model says of a document.
public struct TextClassScore: Sendable, Equatable {
    /// The name of the score.
    public var name: String
    /// The probability in millionths; nil where the model knows nothing in the text.
    public var millionths: Int?

    /// A score.
    public init(name: String, millionths: Int?) {
        self.name = name
        self.millionths = millionths
    }

    /// Scores as a JSON object: whole numbers of millionths, or null.
    public static func json(_ scores: [TextClassScore]) -> JSONValue {
        var members: [String: JSONValue] = [:]
        for score in scores { members[score.name] = score.millionths.map { .integer($0) } ?? .null }
        return .object(members)
    }

    /// The scores of the object that `json` gives, in the order of their names.
    public static func scores(json: JSONValue) -> [TextClassScore] {
        guard let members = json.members else { return [] }
        return members.keys.sorted(by: precedesInByteOrder).map {
            TextClassScore(name: $0, millionths: members[$0]?.int)
        }
    }
}

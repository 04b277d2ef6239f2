import Documents
import Files
package import Readers
public import Tokenization

/// In which form the records of a source of instructions are written.
public struct InstructionForm: Sendable, Equatable {
    /// The template; nil: prompt and completion as they stand, without markup.
    public let template: ChatTemplate?

    /// The name of the form without markup.
    public static let plain = "plain"
    /// Raised whenever the same record would give another text or other tokens.
    static let version = "instructions 1"

    /// A form.
    public init(template: ChatTemplate?) { self.template = template }

    /// Everything that decides, as one line.
    var digestText: String { "\(InstructionForm.version) \(template?.digestText ?? InstructionForm.plain)" }

    /// The names of the metadata that say which bytes of a text are learnt, and which are a message: in the order of the text, each range
    /// as two numbers.
    private static let (learnt, contents) = ("learnt", "contents")
    private static let rule = "chat-template"

    /// Writes the texts of records.
    package var renderer: RecordRenderer {
        RecordRenderer { record in
            do { return try text(of: record) } catch TokenizerFailure.malformed(_, let place, let expected, let found) {
                let member = place == "record" ? "" : place.replacing("record: ", with: "") + ": "
                throw RecordRenderer.Problem(expected: member + expected, found: found)
            }
        }
    }

    private func text(of json: JSONValue) throws -> RecordRenderer.Text {
        let record = try InstructionRecord(json, path: "", place: "record")
        let rendered: ChatTemplate.Rendered
        if let template {
            rendered = try record.rendered(template)
        } else if let plain = record.plain {
            rendered = plain
        } else {
            throw RecordRenderer.Problem(
                expected: "prompt and completion, or instruction and output: a conversation needs a template",
                found: record.shape.rawValue)
        }
        // A record's own texts as they are, whatever the template does to them.
        let source = record.messages.reduce(0) { $0 + $1.content.unicodeScalars.count }
        let kept = rendered.contents.reduce(0) { sum, range in
            rendered.text.withUnsafeBytes { sum + unicodeScalarCount(UnsafeRawBufferPointer(rebasing: $0[range])) }
        }
        let all = rendered.text.withUnsafeBytes { unicodeScalarCount($0) }
        return RecordRenderer.Text(
            text: rendered.text, source: source, added: all > kept ? [InstructionForm.rule: all - kept] : [:],
            removed: source > kept ? [InstructionForm.rule: source - kept] : [:],
            members: InstructionForm.members(of: record.shape),
            metadata: [
                InstructionForm.learnt: InstructionForm.json(rendered.learnt),
                InstructionForm.contents: InstructionForm.json(rendered.contents),
            ])
    }

    private static func members(of shape: InstructionRecord.Shape) -> [String] {
        switch shape {
        case .messages: ["messages"]
        case .conversations: ["conversations", "system"]
        case .promptCompletion: ["prompt", "completion"]
        case .alpaca: ["instruction", "input", "output", "system"]
        }
    }

    private static func json(_ ranges: [Range<Int>]) -> JSONValue {
        .array(ranges.map { .array([.integer($0.lowerBound), .integer($0.upperBound)]) })
    }

    private static func ranges(_ json: JSONValue?) -> [Range<Int>]? {
        guard let items = json?.items else { return nil }
        var ranges: [Range<Int>] = []
        for item in items {
            guard let bounds = item.items, bounds.count == 2, let start = bounds[0].int, let end = bounds[1].int,
                start >= 0, start <= end
            else { return nil }
            ranges.append(start..<end)
        }
        return ranges
    }

    /// The conversation in a document of a source of instructions; nil where its metadata is not what extraction wrote. Only for documents
    /// of such sources: the metadata of others may say anything.
    static func rendered(_ document: Document) -> ChatTemplate.Rendered? {
        guard let learnt = ranges(document.metadata.other[learnt]),
            let contents = ranges(document.metadata.other[contents])
        else { return nil }
        return ChatTemplate.Rendered(text: document.text, contents: contents, learnt: learnt)
    }
}

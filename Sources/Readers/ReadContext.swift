import Documents
import Files

/// Where a reader stands: the file, the place inside it, and what remains of the bounds.
struct ReadContext {
    let input: InputFile
    var options: ReadOptions
    /// The place inside the file, `!` between an archive and its member; empty for the file itself.
    var place: String
    /// How many archives are open around this place.
    var depth = 0
    /// What writes the texts of records; nil: their fields are their texts.
    var renderer: RecordRenderer?

    /// What messages call it.
    var name: String { place.isEmpty ? input.relativePath : input.relativePath + "!" + place }

    /// The last component of the innermost path: what recognition by name goes by.
    var leafName: String {
        let inner = place.isEmpty ? input.relativePath : place
        return PathText.name(of: inner)
    }

    /// The id of the document at this place.
    var identifier: String {
        Document.identifier(source: input.source, relativePath: input.relativePath, place: place)
    }

    /// A document of this place.
    func document(_ text: [UInt8] = []) -> Document {
        Document(id: identifier, source: input.source, text: text, place: place)
    }

    /// The place of a member of the archive at this place.
    func member(_ path: String) -> ReadContext {
        var inner = self
        inner.place = place.isEmpty ? path : place + "!" + path
        inner.depth += 1
        return inner
    }

    /// A failure at this place as a rejection.
    func rejection(_ error: any Error) -> Rejection {
        var rule = "unreadable"
        var evidence = (value: "\(error)", threshold: "readable input")
        if let failure = error as? ReadFailure {
            rule = failure.rule
            evidence = failure.evidence
        } else if case .malformed(_, let place, let expected, let found)? = error as? FileFailure {
            evidence = ("\(place): \(found)", expected)
        } else if case .tooLarge(_, let limit, let hint)? = error as? FileFailure {
            rule = "too-large"
            evidence = ("larger than \(limit) bytes", hint)
        }
        return Rejection(
            id: identifier, source: input.source, path: name, rule: rule,
            value: evidence.value, threshold: evidence.threshold)
    }
}

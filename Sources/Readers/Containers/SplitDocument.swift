import Documents
import Files

/// A specification that its publisher has split over several .docx, in one archive or side by side (`38521-3-i11_cover.docx`, `38521-3-i11_s00-05.docx`,
/// `38521-3-i11_s06.docx`, `38521-3-i11_sAnnexes.docx`), put together again.
struct SplitDocument {
    /// The place the parts share: folder and name up to the underscore.
    let place: String
    private var parts: [(order: [UInt8], document: Document)] = []

    /// The groups of an archive's names: place by member, for places with two members or more.
    static func groups(_ names: [String]) -> [String: String] {
        var members: [String: [String]] = [:]
        for name in names {
            if let place = place(of: name) { members[place, default: []].append(name) }
        }
        var groups: [String: String] = [:]
        for (place, names) in members where names.count > 1 {
            for name in names { groups[name] = place }
        }
        return groups
    }

    /// The place that a name of a part shares with the others; nil for other names.
    static func place(of path: String) -> String? {
        let name = PathText.name(of: path)
        guard name.lowercased().hasSuffix(".docx"), let underscore = name.firstIndex(of: "_") else { return nil }
        let stem = String(name[..<underscore])
        let rest = name[name.index(after: underscore)...].dropLast(5).lowercased()
        guard FileNameIdentity(stem) != nil, !rest.isEmpty,
            rest.hasPrefix("s") || rest.hasPrefix("cover") || rest.hasPrefix("ann")
        else { return nil }
        let folder = PathText.folder(of: path)
        return (folder == "." ? "" : folder + "/") + stem
    }

    init(place: String) { self.place = place }

    /// Adds what a member gave.
    mutating func add(_ document: Document, member: String) {
        let name = PathText.name(of: member).lowercased()
        let rest = name.split(separator: "_", maxSplits: 1).last.map(String.init) ?? name
        // The cover comes first, the sections in the order of their numbers, what has none behind them.
        parts.append((order: Array((rest.hasPrefix("cover") ? " " : rest).utf8), document: document))
    }

    /// The parts in order as one document, or as two where a part has tracked changes and both readings are asked for; none where no
    /// part could be read.
    func joined(_ context: ReadContext) -> [Document] {
        let sorted = parts.enumerated().sorted {
            $0.element.order.lexicographicallyPrecedes($1.element.order)
                || $0.element.order == $1.element.order && $0.offset < $1.offset
        }.map(\.element.document)
        if sorted.isEmpty { return [] }
        if !sorted.contains(where: { $0.metadata.other["revision"] != nil }) {
            return [SplitDocument.join(sorted, context)]
        }
        return ["before", "after"].map { reading in
            var whole = SplitDocument.join(
                sorted.filter { $0.metadata.other["revision"].map { $0 == .string(reading) } ?? true }, context)
            if reading == "before" {
                var before = context
                before.place += "#before"
                whole.id = before.identifier
                whole.narrow(to: "before")
            }
            whole.metadata.other["revision"] = .string(reading)
            whole.metadata.other["whole"] = .string(context.identifier)
            return whole
        }
    }

    /// At least one part, in order, as one document.
    private static func join(_ parts: [Document], _ context: ReadContext) -> Document {
        var whole = parts[0]
        for part in parts.dropFirst() {
            let separator = "\n\n".utf8
            whole.text += separator
            let shift = whole.text.count
            whole.text += part.text
            whole.spans += part.spans.map {
                TextSpan(kind: $0.kind, start: $0.start + shift, end: $0.end + shift, level: $0.level)
            }
            whole.ledger.merge(part.ledger)
            whole.ledger.add(separator.count, rule: "separator")
            whole.ledger.written += separator.count
            whole.metadata.fill(from: part.metadata)
        }
        whole.id = context.identifier
        whole.place = context.place
        return whole
    }

    /// Joins the parts and hands out what they make, divided where it is too long.
    func emit(_ context: ReadContext, _ emit: (Document) throws -> Void) throws {
        for var whole in joined(context) {
            var text: [UInt8] = []
            swap(&text, &whole.text)
            try whole.emitDivided(
                text, input: context.input, place: context.place, limit: context.options.maximumDocumentBytes, emit)
        }
    }
}

public import Documents
import Files

/// Finds e-mail addresses, addresses of the Internet Protocol and telephone numbers, and takes them out where asked to.
///
/// Built for technical text, where numbers with dots are clauses, versions and object identifiers: what only looks like an address stays.
/// Every search is one pass, whatever the text.
public enum PersonalData {
    /// What was found of each kind, by name, stands under this name in the metadata of a document.
    public static let metadataKey = "personal_data"

    /// What the rules begin with in a ledger.
    public static let ledgerPrefix = "pii-"

    /// Looks for what `options` name; counts go to `metadata.other["personal_data"]`, what is replaced leaves the text, its spans move with
    /// it, and the ledger books it under `pii-email`, `pii-ip` and `pii-phone`. A ledger that closed before still closes.
    public static func treat(_ document: inout Document, _ options: PersonalDataOptions) {
        if options.isOff { return }
        let kinds = PersonalDataOptions.Kind.allCases
        var replaced = [Int](repeating: 0, count: kinds.count)
        // What stood right beside an address may be one only now. A token that is itself an address is not looked at again.
        let rounds = find(in: Array(options.tokens.joined(separator: " ").utf8), options).isEmpty ? mostRounds : 1
        for round in 1...rounds {
            let matches = find(in: document.text, options)
            var counted = [Int](repeating: 0, count: kinds.count)
            var edits = TextEdits(rules: kinds.map { ledgerPrefix + $0.rawValue })
            for match in matches {
                let index = kinds.firstIndex(of: match.kind) ?? 0
                if options[match.kind] == .replace {
                    edits.replace(match.range, with: options.tokens[index].utf8, rule: index)
                    replaced[index] += 1
                } else {
                    counted[index] += 1
                }
            }
            edits.apply(to: &document)
            if !edits.isEmpty, round < rounds { continue }
            var members: [String: JSONValue] = [:]
            for (index, kind) in kinds.enumerated() where replaced[index] + counted[index] > 0 {
                members[kind.rawValue] = .integer(replaced[index] + counted[index])
            }
            if !members.isEmpty { document.metadata.other[metadataKey] = .object(members) }
            return
        }
    }

    private static let mostRounds = 8

    /// What stands in a text, in its order and without overlap: where two kinds claim a place, the one that begins first has it, then the
    /// longer one.
    public static func find(in text: [UInt8], _ options: PersonalDataOptions) -> [PersonalDataMatch] {
        var matches: [PersonalDataMatch] = []
        text.withUnsafeBufferPointer { buffer in
            let bytes = TextBytes(buffer)
            let examples = options.includesExamples
            if options.email != .off { EmailScanner(bytes, includesExamples: examples).scan(&matches) }
            if options.ip != .off {
                AddressScanner4(bytes, includesExamples: examples).scan(&matches)
                AddressScanner6(bytes, includesExamples: examples).scan(&matches)
            }
            if options.phone != .off { PhoneScanner(bytes, includesExamples: examples).scan(&matches) }
        }
        matches.sort { ($0.range.lowerBound, -$0.range.upperBound) < ($1.range.lowerBound, -$1.range.upperBound) }
        var end = 0
        matches.removeAll { match in
            if match.range.lowerBound < end { return true }
            end = match.range.upperBound
            return false
        }
        return matches
    }
}

/// A place of a text that is personal data.
public struct PersonalDataMatch: Sendable, Equatable {
    /// What it is.
    public var kind: PersonalDataOptions.Kind
    /// Its bytes.
    public var range: Range<Int>
}

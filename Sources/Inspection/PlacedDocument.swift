import Building
import Documents
import Tokenization

/// A document of a corpus whose tokens are known in its text: tokenized again, as the build did.
struct PlacedDocument {
    let record: DocumentRecord
    /// The ids of the text; nil where they are not as many as the record says.
    private let ids: [UInt32]?
    /// Where each token stands in the text; nil where that cannot be told.
    private let places: TokenPlaces?
    private let clauses: [ClausePlace]

    /// - Parameters:
    ///   - tokenizer: The corpus's own; nil places nothing.
    ///   - locator: That of the tokenizer.
    init(
        _ document: Document, _ record: DocumentRecord, tokenizer: Tokenizer?, locator: TokenLocator?,
        specials: SpecialTokenPolicy, rule: LossRule
    ) throws {
        self.record = record
        clauses = tokenizer == nil ? [] : ClausePlace.all(in: document)
        guard let tokenizer else {
            ids = nil
            places = nil
            return
        }
        var ids: [UInt32] = []
        try rule.encode(document, tokenizer.makeEncoder(), specials: specials, into: &ids)
        guard ids.count == record.tokens else {
            self.ids = nil
            places = nil
            return
        }
        self.ids = ids
        places = locator?.places(of: ids, in: document.text)
    }

    /// The bytes of own tokens, of which there is at least one; nil where they are not known.
    func bytes(of tokens: Range<Int>) -> Range<Int>? {
        guard let places, tokens.lowerBound >= 0, !tokens.isEmpty, tokens.upperBound <= places.count else { return nil }
        return places.bytes(of: tokens)
    }

    /// The clauses that stand in a range of bytes, each cut to it.
    func clauses(in bytes: Range<Int>) -> [ClausePlace] {
        clauses.compactMap { clause in
            let part = clause.bytes.clamped(to: bytes)
            return part.isEmpty ? nil : ClausePlace(label: clause.label, bytes: part)
        }
    }

    /// Where in the framed tokens a piece of the document begins: the first of `offsets` at which its tokens stand.
    ///
    /// - Parameter begin: separators before the own tokens, which count as framed tokens and are not compared.
    func offset(of piece: ArraySlice<UInt32>, begin: Int, among offsets: some Sequence<Int>) -> Int? {
        guard let ids else { return nil }
        return offsets.first { offset in
            for (place, id) in piece.enumerated() {
                let own = offset + place - begin
                if own >= 0, own < ids.count, ids[own] != id { return false }
            }
            return true
        }
    }
}

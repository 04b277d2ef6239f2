import Building
import Documents
import Tokenization

/// A document of a corpus whose tokens are known in its text: tokenized again, as the build did.
struct PlacedDocument {
    let record: DocumentRecord
    /// The ids of the text; nil where they are not as many as the record says.
    private let ids: [UInt32]?
    /// The first byte of each token and the end of the last; nil where the tokens' bytes are not those of the text, as under a normalizer.
    private let byteStarts: [Int]?
    private let clauses: [ClausePlace]

    /// - Parameter tokenizer: the corpus's own; nil places nothing.
    init(
        _ document: Document, _ record: DocumentRecord, tokenizer: Tokenizer?, specials: SpecialTokenPolicy,
        rule: LossRule
    ) throws {
        self.record = record
        clauses = tokenizer == nil ? [] : ClausePlace.all(in: document)
        guard let tokenizer else {
            ids = nil
            byteStarts = nil
            return
        }
        var ids: [UInt32] = []
        try rule.encode(document, tokenizer.makeEncoder(), specials: specials, into: &ids)
        guard ids.count == record.tokens else {
            self.ids = nil
            byteStarts = nil
            return
        }
        self.ids = ids
        var starts = [0]
        starts.reserveCapacity(ids.count + 1)
        var isSame = true
        for id in ids {
            let bytes = tokenizer.bytes(of: id) ?? []
            let start = starts[starts.count - 1]
            isSame =
                isSame && start + bytes.count <= document.text.count
                && document.text[start..<start + bytes.count].elementsEqual(bytes)
            if !isSame { break }
            starts.append(start + bytes.count)
        }
        byteStarts = isSame && starts[starts.count - 1] == document.text.count ? starts : nil
    }

    /// The bytes of own tokens; nil where they are not known.
    func bytes(of tokens: Range<Int>) -> Range<Int>? {
        guard let byteStarts, tokens.lowerBound >= 0, tokens.upperBound < byteStarts.count else { return nil }
        return byteStarts[tokens.lowerBound]..<byteStarts[tokens.upperBound]
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

/// Cuts documents that are longer than a block.
struct DocumentCutter {
    /// Tokens in a block.
    let length: Int
    /// Tokens before a block's end within which a better place than the end is looked for.
    let tolerance: Int
    /// Separators before a document's own tokens.
    let leading: Int

    /// Appends where the pieces behind the first begin, from the document's start, and counts the cuts. Pieces have at most `length` tokens;
    /// each but the last has at least `length` − `tolerance`. Cost: one pass over `cuts`.
    ///
    /// - Parameter framed: Framed tokens of the document, more than `length`.
    /// - Parameter cuts: Ascending; those outside the document are passed over.
    func cut(
        _ framed: Int, at cuts: [StructureCut], document: Int, counts: inout FragmentCounts,
        append: (Int) -> Void
    ) throws(PackingFailure) {
        for index in cuts.indices.dropFirst() where cuts[index].offset <= cuts[index - 1].offset {
            throw .disorderedCuts(document: document)
        }
        var start = 0
        var next = 0
        while framed - start > length {
            let lowest = max(start + 1, start + length - tolerance)
            while next < cuts.count, cuts[next].offset + leading < lowest { next += 1 }
            var best: StructureCut?
            while next < cuts.count, cuts[next].offset + leading <= start + length {
                if cuts[next].rank >= best?.rank ?? .row { best = cuts[next] }
                next += 1
            }
            if let best {
                start = best.offset + leading
                counts.structureCuts[best.rank, default: 0] += 1
            } else {
                start += length
                counts.hardCuts += 1
            }
            append(start)
        }
    }
}

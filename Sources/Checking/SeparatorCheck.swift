import Building
import Files
import Packing
import Shards

/// Whether the separators that the policy promises stand in a block.
struct SeparatorCheck: Sendable {
    private let begin: UInt32?
    private let end: UInt32?
    /// Whether documents follow one another in order, so that one ends wherever a segment does that is not the block's last.
    private let isConcatenated: Bool

    init(_ manifest: Manifest) {
        let policy = SeparatorPolicy(rawValue: manifest.separator)
        func token(_ name: String, _ isUsed: Bool?) -> UInt32? {
            isUsed == true ? manifest.tokenizer[name]?.int.flatMap(UInt32.init(exactly:)) : nil
        }
        begin = token("begin", policy?.hasBegin)
        end = token("end", policy?.hasEnd)
        isConcatenated = manifest.recipe["pack"]?["strategy"]?.string == "concatenate"
    }

    /// Counts what stands at the edges of segments, and what should and does not.
    func count(_ block: TokenBlock, _ ids: [UInt32], into tally: inout ShardTally) {
        if begin == nil, end == nil { return }
        for segment in block.segmentEnds.indices {
            let range = block.range(ofSegment: segment)
            if range.isEmpty { continue }
            let begins = begin != nil && ids[range.lowerBound] == begin
            let ends = end != nil && ids[range.upperBound - 1] == end
            tally.separators += (begins ? 1 : 0) + (ends ? 1 : 0)
            guard isConcatenated else { continue }
            let mustEnd = end != nil && (segment + 1 < block.segmentEnds.count || range.upperBound < block.count)
            let mustBegin = begin != nil && segment > 0
            if mustEnd && !ends || mustBegin && !begins {
                tally.segmentsWithoutSeparator += 1
                if tally.missingSeparator == nil {
                    let row = segment < block.segmentDocuments.count ? " (row \(block.segmentDocuments[segment]))" : ""
                    tally.missingSeparator = "segment \(segment) of block \(block.index)\(row)"
                }
            }
        }
    }
}

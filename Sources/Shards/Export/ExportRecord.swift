/// A record on its way into an export: a block, or a document.
package struct ExportRecord {
    /// The ids, valid during the call that hands the record out.
    package var ids: UnsafeBufferPointer<UInt32>
    /// One past the last place of each segment; what follows the last is padding.
    package var segmentEnds: [UInt32]
    /// The document of each segment; empty where none is named.
    package var rows: [UInt32]
    /// Pairs start, end of the places that carry loss, none of them empty; nil: all but padding do.
    package var lossBounds: [UInt32]?

    init(_ block: TokenBlock, _ ids: UnsafeBufferPointer<UInt32>) {
        self.ids = ids
        segmentEnds = block.segmentEnds
        rows = block.segmentDocuments
        lossBounds = block.lossBounds.map { $0 == [0, 0] ? [] : $0 }
    }

    /// A whole document, whose ids are at hand as a buffer.
    package init(_ document: GrowingDocument, row: UInt32?, _ ids: UnsafeBufferPointer<UInt32>) {
        self.ids = ids
        segmentEnds = [UInt32(clamping: ids.count)]
        rows = row.map { [$0] } ?? []
        lossBounds = document.lossSpans?.flatMap { [UInt32(clamping: $0.lowerBound), UInt32(clamping: $0.upperBound)] }
    }

    /// The bounds with those of a record that has none spelled out: everything but padding.
    var statedLossBounds: [UInt32] {
        if let lossBounds { return lossBounds }
        return segmentEnds.last.map { [0, $0] } ?? []
    }
}

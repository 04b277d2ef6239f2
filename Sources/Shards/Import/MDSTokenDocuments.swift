internal import Files

/// The documents of an MDS data set, ours or one of others.
public struct MDSTokenDocuments: TokenDocumentStream {
    private let path: String
    private var reader: BlockReader
    private var cutter: DocumentCutter
    private var ids: [UInt32] = []
    private var isAtEnd = false

    /// Opens the folder of an `index.json`.
    public init(_ folder: String, options: TokenImportOptions = TokenImportOptions()) throws {
        path = PathText.join(folder, MDSIndex.fileName)
        let dataset = try ShardDataset(
            folder,
            options: ShardReadingOptions(
                tokensColumn: options.column ?? BlockSchema.tokens, bytesElement: options.bytesElement))
        reader = try BlockReader(dataset, seed: nil)
        cutter = DocumentCutter(path: path, options: options, joinsSegments: dataset.index.joinsSegments)
    }

    /// The next document.
    public mutating func next() throws -> TokenDocument? {
        let path = path
        func place(_ block: Int) -> String { "\(path)#block \(block)" }
        while true {
            if let document = cutter.next() { return document }
            if isAtEnd { return nil }
            guard let block = try reader.next() else {
                isAtEnd = true
                try cutter.close(place: place)
                continue
            }
            if ids.count < block.count { ids = [UInt32](repeating: 0, count: block.count) }
            ids.withUnsafeMutableBufferPointer {
                block.copyTokens(to: UnsafeMutableBufferPointer(rebasing: $0[..<block.count]))
            }
            try ids.withUnsafeBufferPointer {
                try cutter.add(
                    block.index, UnsafeBufferPointer(rebasing: $0[..<block.count]), ends: block.segmentEnds,
                    rows: block.segmentDocuments, loss: block.lossSpans, place: place)
            }
        }
    }
}

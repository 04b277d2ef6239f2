internal import Files

/// How token data of others is read.
public struct TokenImportOptions: Sendable, Equatable {
    /// The column of an MDS data set, or the member of a line, that holds the ids; nil: `tokens`, or of a line the first that is there of
    /// `input_ids`, `tokens` and `ids`.
    public var column: String?
    /// The number type in an MDS column of plain bytes; nil refuses such a column.
    public var bytesElement: MDSElement?
    /// An id that ends a document: records are joined and cut after it. Nil: a record is a document, or, where it has segments, each of
    /// them is, joined where one goes on in the next record.
    public var endToken: UInt32?
    /// Tokens that no document has more of; memory is bounded by it.
    public var mostTokens: Int

    /// Options.
    public init(
        column: String? = nil, bytesElement: MDSElement? = nil, endToken: UInt32? = nil, mostTokens: Int = 1 << 28
    ) {
        self.column = column
        self.bytesElement = bytesElement
        self.endToken = endToken
        self.mostTokens = mostTokens
    }
}

/// Opens token data of others.
public enum TokenImport {
    /// The documents at a path: an MDS folder, a Megatron pair (either file, or their common prefix), or JSON Lines of ids. What it is
    /// follows from what is there and from the name.
    public static func open(
        _ path: String, options: TokenImportOptions = TokenImportOptions()
    ) throws -> any TokenDocumentStream {
        if Folder.isFolder(path), Folder.exists(PathText.join(path, MDSIndex.fileName)) {
            return try MDSTokenDocuments(path, options: options)
        }
        for prefix in [path, withoutEnding(path, ".bin"), withoutEnding(path, ".idx")].compactMap({ $0 })
        where Folder.exists(prefix + ".idx") || (prefix != path && !Folder.isFolder(path)) {
            return try MegatronTokenDocuments(prefix, options: options)
        }
        let plain = [".zst", ".gz", ".xz", ".bz2"].lazy.compactMap { withoutEnding(path, $0) }.first ?? path
        if plain.hasSuffix(".jsonl") || plain.hasSuffix(".ndjson") || plain.hasSuffix(".json") {
            return try JSONLinesTokenDocuments(path, options: options)
        }
        if !Folder.exists(path) { throw FileFailure.missing(path: path) }
        throw TokenImportFailure.unknownFormat(path: path)
    }

    private static func withoutEnding(_ path: String, _ ending: String) -> String? {
        path.hasSuffix(ending) ? String(path.dropLast(ending.count)) : nil
    }
}

/// Cuts records into documents: joins segments, or cuts after an end token; and bounds the length.
struct DocumentCutter {
    private var joiner: SegmentJoiner
    private var open = GrowingDocument()
    private var openPlace = ""
    private var whole: [TokenDocument] = []
    private var taken = 0
    private let path: String
    private let options: TokenImportOptions

    init(path: String, options: TokenImportOptions, joinsSegments: Bool = true) {
        joiner = SegmentJoiner(joins: joinsSegments)
        self.path = path
        self.options = options
    }

    /// The next document that is whole.
    mutating func next() -> TokenDocument? {
        guard taken < whole.count else {
            whole.removeAll(keepingCapacity: true)
            taken = 0
            return nil
        }
        defer { taken += 1 }
        return whole[taken]
    }

    /// Adds a record with the ends and rows of its segments and where it carries loss, nil for everywhere; `place` names a record by its
    /// number.
    mutating func add(
        _ number: Int, _ ids: UnsafeBufferPointer<UInt32>, ends: [UInt32], rows: [UInt32], loss: [Range<Int>]?,
        place: (Int) -> String
    ) throws {
        if let end = options.endToken {
            var start = 0
            let used = min(ids.count, ends.last.map(Int.init) ?? 0)
            while start < used {
                if open.ids.isEmpty { openPlace = place(number) }
                let stop = ids[start..<used].firstIndex(of: end).map { $0 + 1 } ?? used
                open.append(ids, of: start..<stop, loss: loss)
                try check(open.ids.count, openPlace)
                start = stop
                if ids[stop - 1] == end { closeOpen() }
            }
            return
        }
        joiner.add(block: number, ids, ends: ends, rows: rows, loss: loss)
        try check(joiner.openCount, place(number))
        try takeJoined(place)
    }

    /// What follows goes on with no segment from before.
    mutating func closeSegments() { joiner.close() }

    /// Nothing follows.
    mutating func close(place: (Int) -> String) throws {
        closeOpen()
        joiner.close()
        try takeJoined(place)
    }

    private mutating func closeOpen() {
        take(open, place: openPlace)
        open = GrowingDocument()
    }

    private mutating func takeJoined(_ place: (Int) -> String) throws {
        while let joined = joiner.next() {
            try check(joined.content.ids.count, place(joined.block))
            take(joined.content, place: place(joined.block))
        }
    }

    private mutating func take(_ document: GrowingDocument, place: String) {
        if document.ids.isEmpty { return }
        whole.append(TokenDocument(ids: document.ids, place: place, lossSpans: document.lossSpans))
    }

    private func check(_ count: Int, _ place: @autoclosure () -> String) throws {
        if count <= options.mostTokens { return }
        throw TokenImportFailure.malformed(
            path: path, place: place(), expected: "documents of at most \(options.mostTokens) tokens",
            found: "more; name the token that ends a document")
    }
}

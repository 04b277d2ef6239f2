public import Documents
import Files

/// Reads files of every known dialect, chosen by content. One per worker; it keeps parsers and buffers from file to file.
public struct DocumentReader {
    let options: ReadOptions
    let jsonParser = JSONParser()
    /// What the file being read may still expand to.
    var expansion = 0
    private let renderer: RecordRenderer?

    /// A reader with these options; `renderer` writes the texts of records, where they are not fields of them.
    public init(options: ReadOptions, renderer: RecordRenderer? = nil) {
        self.options = options
        self.renderer = renderer
    }

    /// Reads every document of one file, in the order of the file.
    ///
    /// What is wrong with one record or one member of an archive goes to `reject` and reading goes on; only a failure of the file as a
    /// whole is thrown (`ReadFailure` or `FileFailure`; `rejection(of:input:)` turns it into a rejection). What `emit` and `reject`
    /// throw is passed on as it is. Memory: the largest member, its text, and the divided part being emitted; plain files are mapped.
    public mutating func read(
        _ input: InputFile, emit: (Document) throws -> Void, reject: (Rejection) throws -> Void
    ) throws {
        expansion = options.maximumExpandedBytes
        let context = ReadContext(input: input, options: options, place: "", renderer: renderer)
        let isRecord = renderer != nil
        do {
            try read(
                file: input.path, context,
                emit: { document in
                    // A conversation about a specification is none.
                    let document = isRecord ? document : DocumentReader.identified(document)
                    try DocumentReader.outside { try emit(document) }
                },
                reject: { rejection in try DocumentReader.outside { try reject(rejection) } })
        } catch let outside as OutsideFailure {
            throw outside.underlying
        }
    }

    /// Reads the parts of one specification, as `InputFile.groups` found them, as one document in the order of their names. A part that
    /// cannot be read is rejected and the others are joined; a failure that is no fault of an input is thrown.
    public mutating func read(
        parts inputs: [InputFile], emit: (Document) throws -> Void, reject: (Rejection) throws -> Void
    ) throws {
        guard let first = inputs.first, let place = SplitDocument.place(of: first.relativePath) else { return }
        var split = SplitDocument(place: place)
        for input in inputs {
            expansion = options.maximumExpandedBytes
            var context = ReadContext(input: input, options: options, place: "")
            // Parts are put together before a text that is too long is divided.
            context.options.maximumDocumentBytes = .max
            do {
                try read(
                    file: input.path, context, emit: { split.add($0, member: input.relativePath) },
                    reject: { rejection in try DocumentReader.outside { try reject(rejection) } })
            } catch let outside as OutsideFailure {
                throw outside.underlying
            } catch let failure as any Failure where failure.kind == .inputOutput || failure.kind == .missingInput {
                throw failure
            } catch {
                try reject(context.rejection(error))
            }
        }
        let whole = InputFile(path: first.path, relativePath: place, source: first.source)
        try split.emit(ReadContext(input: whole, options: options, place: ""), emit)
    }

    /// The rejection for an error that `read` threw.
    public static func rejection(of error: any Error, input: InputFile) -> Rejection {
        ReadContext(input: input, options: ReadOptions(), place: "").rejection(error)
    }

    /// What the file is, by content first and extension second, from its first 64 KiB; throws where it cannot be opened.
    public static func recognise(_ input: InputFile) throws -> Dialect {
        let sample = try sample(of: input.path)
        let dialect = sample.withUnsafeBytes { Dialect(sample: $0, name: input.relativePath) }
        guard dialect == .archive else { return dialect }
        let isCompressed = try Compression(magic: FileByteStream(input.path).peek(6)) != nil
        let origin =
            isCompressed
            ? ArchiveOrigin.memory(try ByteStream.open(input.path).readAll(limit: 512 << 20), input.relativePath)
            : ArchiveOrigin.file(input.path)
        return try origin.listing().dialect
    }

    static func sample(of path: String) throws -> [UInt8] {
        try sample(of: ByteStream.open(path))
    }

    static func sample(of stream: ByteStream, limit: Int = Dialect.sampleBytes) throws -> [UInt8] {
        var sample = [UInt8](repeating: 0, count: limit)
        var filled = 0
        while filled < sample.count {
            let got = try sample.withUnsafeMutableBytes {
                try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
            }
            if got == 0 { break }
            filled += got
        }
        sample.removeLast(sample.count - filled)
        return sample
    }

    /// The document with what its first lines say of it, where nothing else did. Parts of one text keep what they have: only the first
    /// holds the cover.
    private static func identified(_ document: Document) -> Document {
        let specification = document.metadata.specification
        let isComplete = specification != nil && document.metadata.title != nil && document.metadata.date != nil
        if isComplete || document.metadata.part != nil { return document }
        var found = FrontPage(document.text)?.metadata
        if let specification {
            // A file name gave the number: the cover may say more of the same.
            if found?.specification != specification { return document }
        } else {
            found = found ?? Contribution(document.text)?.metadata
        }
        guard let found else { return document }
        var document = document
        document.metadata.fill(from: found)
        return document
    }

    /// An error of the caller's own closures: never taken for a fault of the input.
    private struct OutsideFailure: Error { let underlying: any Error }

    private static func outside(_ body: () throws -> Void) throws {
        do { try body() } catch { throw OutsideFailure(underlying: error) }
    }
}

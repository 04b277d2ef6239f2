import Documents
import Files

extension DocumentReader {
    /// Reads a file on disk.
    mutating func read(
        file path: String, _ context: ReadContext, emit: (Document) throws -> Void, reject: (Rejection) throws -> Void
    ) throws {
        let isCompressed = try Compression(magic: FileByteStream(path).peek(6)) != nil
        let sample = try DocumentReader.sample(of: path)
        var dialect = sample.withUnsafeBytes { Dialect(sample: $0, name: context.leafName) }
        // What the caller says is text in UTF-16 looks like binary data where it has no mark.
        if case .unsupported("binary data", _) = dialect, options.encoding != nil { dialect = .plainText }
        try requireRecords(dialect, context)
        switch dialect {
        case .mediaWiki:
            try MediaWikiReader(context).read(ByteStream.open(path), emit: emit, reject: reject)
        case .jsonLines, .plainText, .markdown, .delimited:
            try read(text: .file(path), as: dialect, context, emit: emit, reject: reject)
        case .parquet where !isCompressed:
            let origin = ParquetOrigin.file(path, bytes: try FileStamp(path).bytes)
            try ParquetReader(origin, context).read(emit: emit, reject: reject)
        case .archive where !isCompressed:
            try read(archive: .file(path), context, emit: emit, reject: reject)
        case .pdfXML where isCompressed: try PDFXMLReader(context).read(ByteStream.open(path), emit)
        case .pdf where !isCompressed: try PDFConversion(context).read(file: path, emit)
        case .unsupported where !isLegacy(dialect): try refuse(dialect, context)
        case .empty: try refuse(dialect, context)
        default:
            if isCompressed {
                let limit = min(options.maximumMemberBytes, expansion)
                let bytes = try ByteStream.open(path).readAll(limit: limit)
                expansion -= bytes.count
                try read(bytes, as: dialect, context, emit: emit, reject: reject)
            } else if try FileStamp(path).bytes <= DocumentReader.mostInMemory {
                // Twice, for a file that grows meanwhile.
                let bytes = try FileByteStream(path).readAll(limit: 2 * DocumentReader.mostInMemory)
                try bytes.withUnsafeBytes { try read($0, as: dialect, context, emit: emit, reject: reject) }
            } else {
                let file = try MappedFile(path)
                try read(file.bytes, as: dialect, context, emit: emit, reject: reject)
                withExtendedLifetime(file) {}
            }
        }
    }

    /// Documents in one piece are read into memory up to this size: a mapped file that another program shortens ends the process. Larger
    /// ones are mapped, because their memory counts.
    private static let mostInMemory = 64 << 20

    /// Reads a member of an archive that is in memory, compressed or not.
    mutating func read(
        member bytes: [UInt8], _ context: ReadContext, emit: (Document) throws -> Void,
        reject: (Rejection) throws -> Void
    ) throws {
        var bytes = bytes
        if Compression(magic: Array(bytes.prefix(6))) != nil {
            bytes = try expand(DecompressingByteStream(bytes: bytes, name: context.name), context)
        }
        let dialect = bytes.withUnsafeBytes {
            Dialect(sample: UnsafeRawBufferPointer(rebasing: $0.prefix(Dialect.sampleBytes)), name: context.leafName)
        }
        try requireRecords(dialect, context)
        try read(bytes, as: dialect, context, emit: emit, reject: reject)
    }

    /// Refuses what holds no JSON records where texts are made of them.
    private func requireRecords(_ dialect: Dialect, _ context: ReadContext) throws {
        if context.renderer == nil { return }
        switch dialect {
        case .jsonLines, .jsonArray, .archive, .empty, .unsupported: break
        default:
            throw ReadFailure.unsupported(
                path: context.name, format: "a file that is no JSON", advice: "instructions are records of JSON Lines")
        }
    }

    /// All bytes of a stream, within the bounds on one member and on the file's expansion.
    mutating func expand(_ stream: ByteStream, _ context: ReadContext) throws -> [UInt8] {
        let bytes = try stream.readAll(
            limit: min(options.maximumMemberBytes, expansion), hint: "unpack it, or leave it out of the source")
        expansion -= bytes.count
        return bytes
    }

    private mutating func read(
        _ bytes: [UInt8], as dialect: Dialect, _ context: ReadContext, emit: (Document) throws -> Void,
        reject: (Rejection) throws -> Void
    ) throws {
        switch dialect {
        case .archive: try read(archive: .memory(bytes, context.name), context, emit: emit, reject: reject)
        case .mediaWiki:
            let stream = MemoryByteStream(bytes, name: context.name)
            try MediaWikiReader(context).read(stream, emit: emit, reject: reject)
        case .unsupported where isLegacy(dialect):
            try bytes.withUnsafeBytes { try read(legacy: $0, context, emit: emit, reject: reject) }
        case .jsonLines, .plainText, .markdown, .delimited:
            try read(text: .memory(bytes, context.name), as: dialect, context, emit: emit, reject: reject)
        case .parquet: try ParquetReader(.memory(bytes), context).read(emit: emit, reject: reject)
        default: try bytes.withUnsafeBytes { try read($0, as: dialect, context, emit: emit, reject: reject) }
        }
    }

    /// Whether this is a binary Word document that is to be converted.
    private func isLegacy(_ dialect: Dialect) -> Bool {
        if case .unsupported(Dialect.legacyWord, _) = dialect { return options.convertsLegacy }
        return false
    }

    private mutating func read(
        legacy bytes: UnsafeRawBufferPointer, _ context: ReadContext, emit: (Document) throws -> Void,
        reject: (Rejection) throws -> Void
    ) throws {
        let converted = try LegacyWordConversion.convert(bytes, name: context.name)
        try read(archive: .memory(converted, context.name), context, emit: emit, reject: reject)
    }

    /// Reads what is text without markup, in a stream.
    private func read(
        text origin: TextOrigin, as dialect: Dialect, _ context: ReadContext, emit: (Document) throws -> Void,
        reject: (Rejection) throws -> Void
    ) throws {
        switch dialect {
        case .jsonLines: try JSONLinesReader.read(origin, context, jsonParser, emit: emit, reject: reject)
        case .delimited: try DelimitedReader(origin, context).read(emit: emit, reject: reject)
        default:
            try PlainTextReader(origin, isMarkdown: dialect == .markdown, context).read(emit: emit, reject: reject)
        }
    }

    private mutating func read(
        _ bytes: UnsafeRawBufferPointer, as dialect: Dialect, _ context: ReadContext, emit: (Document) throws -> Void,
        reject: (Rejection) throws -> Void
    ) throws {
        switch dialect {
        case .unsupported where isLegacy(dialect): try read(legacy: bytes, context, emit: emit, reject: reject)
        case .jsonArray: try JSONArrayReader.read(bytes, context, jsonParser, emit: emit, reject: reject)
        case .wordDocument: try WordDocumentReader(context).read(document: bytes, emit)
        case .flatPackage: try WordDocumentReader(context).read(flatPackage: bytes, emit)
        case .pdfXML: try PDFXMLReader(context).read(bytes, emit)
        case .pdf: try PDFConversion(context).read(bytes, emit)
        case .html: try MarkupReader(context, .html).read(bytes, emit)
        case .jats: try MarkupReader(context, .jats).read(bytes, emit)
        case .tei: try MarkupReader(context, .tei).read(bytes, emit)
        case .rfcXML: try MarkupReader(context, .rfc).read(bytes, emit)
        case .openDocument: try MarkupReader(context, .openDocument).read(bytes, emit)
        case .plainText, .markdown, .delimited, .parquet, .wordPackage, .openDocumentPackage, .mediaWiki, .archive,
            .jsonLines, .empty, .unsupported:
            try refuse(dialect, context)
        }
    }

    private func refuse(_ dialect: Dialect, _ context: ReadContext) throws {
        if case .unsupported(let format, let advice) = dialect {
            if format.hasPrefix("encrypted") { throw ReadFailure.encrypted(path: context.name, format: format) }
            throw ReadFailure.unsupported(path: context.name, format: format, advice: advice)
        }
        throw ReadFailure.empty(path: context.name, what: "an empty file")
    }
}

import Documents
import Files

/// Cuts a large file of records into parts that can be read by several workers. What comes out does not depend on the cut: where a
/// record begins, and what its id is, depends on the bytes around it alone.
public enum RecordRanges {
    /// The parts of a file, about `meanBytes` each; nil for a file that is small, compressed, not in UTF-8 or of a kind that one worker
    /// reads. Reads a file of text or a table once.
    public static func cut(_ input: InputFile, options: ReadOptions, meanBytes: Int) throws -> [Range<Int>]? {
        let bytes = try FileStamp(input.path).bytes
        if bytes < 2 * meanBytes || meanBytes < 1 { return nil }
        if try Compression(magic: FileByteStream(input.path).peek(6)) != nil { return nil }
        let dialect = try DocumentReader.sample(of: input.path).withUnsafeBytes {
            Dialect(sample: $0, name: PathText.name(of: input.relativePath))
        }
        let context = ReadContext(input: input, options: options, place: "")
        let origin = TextOrigin.file(input.path)
        switch dialect {
        case .jsonLines:
            let mark = try FileByteStream(input.path).peek(4).withUnsafeBytes { TextEncoding(byteOrderMark: $0) }
            if options.encoding != nil || mark != nil && mark != .utf8 { return nil }
            return ranges(Array(stride(from: meanBytes, to: bytes, by: meanBytes)), bytes)
        case .plainText, .markdown:
            guard let form = try? origin.form(context), form.encoding == .utf8 else { return nil }
            var step = meanBytes
            if options.records == .file {
                if bytes <= options.maximumDocumentBytes + 8 { return nil }
                step = max(step, PartGrid(limit: options.maximumDocumentBytes).step)
            }
            return ranges(Array(stride(from: step, to: bytes, by: step)), bytes)
        case .delimited:
            guard let form = try? origin.form(context), form.encoding == .utf8, form.markBytes == 0,
                let cuts = try? DelimitedReader(origin, context).cuts(step: meanBytes)
            else { return nil }
            return ranges(cuts.filter { $0 < bytes }, bytes)
        default: return nil
        }
    }

    private static func ranges(_ cuts: [Int], _ end: Int) -> [Range<Int>] {
        var start = 0
        var ranges: [Range<Int>] = []
        for cut in cuts + [end] {
            ranges.append(start..<cut)
            start = cut
        }
        return ranges
    }
}

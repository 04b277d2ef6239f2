import Files

/// A text as UTF-8, without its byte order mark, whatever encoding the bytes below are in.
///
/// Bytes that the encoding does not allow stay: UTF-8 as it is, others as 0xFF. The reader of a record finds them there and asks
/// `takeBadOffset` where they stand in the file.
final class TextStream: ByteStream {
    private let source: ByteStream
    private var converter: TextConverter?
    private var markBytes: Int
    private var input: [UInt8] = []
    /// Offset in the source of the first byte of `input`.
    private var inputOffset: Int
    private var output: [UInt8] = []
    private var outputStart = 0
    private var ended = false
    private var badOffsets: [Int] = []
    private var badTaken = 0

    /// More are not remembered.
    private static let mostBadOffsets = 1 << 16

    /// `source` begins at `offset` of its file; where that is 0 the mark is taken off.
    init(_ source: ByteStream, _ form: TextForm, offset: Int = 0) {
        self.source = source
        markBytes = offset == 0 ? form.markBytes : 0
        inputOffset = offset
        converter = form.encoding == .utf8 ? nil : TextConverter(form.encoding)
        super.init(name: source.name)
    }

    /// The bytes below.
    var underlying: ByteStream { source }

    /// Whether offsets in the text are offsets in the file.
    var isPlain: Bool { converter == nil }

    /// Where in the file the first of the next `count` bad bytes stands; nil where that was not kept.
    func takeBadOffset(_ count: Int) -> Int? {
        defer { badTaken += count }
        return badTaken < badOffsets.count ? badOffsets[badTaken] : nil
    }

    override func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while markBytes > 0 {
            var mark = [UInt8](repeating: 0, count: markBytes)
            let got = try mark.withUnsafeMutableBytes { try source.read(into: $0) }
            if got == 0 { return 0 }
            markBytes -= got
            inputOffset += got
        }
        if isPlain { return try source.read(into: buffer) }
        while outputStart == output.count {
            if ended { return 0 }
            try convertMore()
        }
        let count = min(buffer.count, output.count - outputStart)
        buffer.copyBytes(from: output[outputStart..<outputStart + count])
        outputStart += count
        return count
    }

    private func convertMore() throws {
        let kept = input.count
        let chunk = try [UInt8](unsafeUninitializedCapacity: 1 << 18) { buffer, count in
            count = try source.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
        ended = chunk.isEmpty
        input += chunk
        output.removeAll(keepingCapacity: true)
        outputStart = 0
        var offsets: [Int] = []
        let base = inputOffset
        var used = input.withUnsafeBytes { bytes in
            converter!.convert(bytes, into: &output) { offset in
                offsets.append(base + offset)
                return true
            }
        }
        if ended, used < kept {
            // A character that the end of the file cuts off.
            offsets.append(base + used)
            output.append(0xFF)
            used = input.count
        }
        if badOffsets.count < TextStream.mostBadOffsets { badOffsets += offsets }
        inputOffset += used
        input.removeFirst(used)
    }
}

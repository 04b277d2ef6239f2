import Files

/// Where the bytes of a text are, so that they can be read twice: once for the encoding, once for the text.
enum TextOrigin {
    /// A file, compressed or not.
    case file(String)
    /// A member of an archive, and what messages call it.
    case memory([UInt8], String)

    /// A new stream over the decompressed bytes, from `offset` on; an offset other than 0 needs a file that is not compressed.
    func open(from offset: Int = 0) throws -> ByteStream {
        switch self {
        case .file(let path): offset == 0 ? try ByteStream.open(path) : try FileByteStream(path, from: offset)
        case .memory(let bytes, let name): MemoryByteStream(bytes, name: name)
        }
    }

    /// How the bytes become UTF-8. Of a part of a file it is known: only UTF-8 is cut.
    func form(_ context: ReadContext) throws -> TextForm {
        guard let range = context.input.range else {
            return try TextForm(
                stated: context.options.encoding, name: context.name, option: context.options.optionNames.encoding
            ) { try open() }
        }
        var form = TextForm(encoding: .utf8)
        if range.lowerBound == 0, case .file(let path) = self,
            try FileByteStream(path).peek(3) == [0xEF, 0xBB, 0xBF]
        {
            form.markBytes = 3
        }
        return form
    }

    /// The lines before `offset`, for messages: counted when first asked for.
    func lines(before offset: Int) throws -> Int {
        if offset == 0 { return 0 }
        let stream = try open()
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        var left = offset
        var lines = 0
        while left > 0 {
            let got = try chunk.withUnsafeMutableBytes {
                try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[..<min($0.count, left)]))
            }
            if got == 0 { break }
            for byte in chunk[..<got] where byte == 0x0A { lines &+= 1 }
            left -= got
        }
        return lines
    }

    /// The line before the one that begins at `offset`, without its line feed; nil where it is longer than `limit`. Of a file only.
    func line(before offset: Int, limit: Int) throws -> [UInt8]? {
        guard case .file(let path) = self, offset > 0 else { return nil }
        let start = max(0, offset - limit - 2)
        let stream = try FileByteStream(path, from: start)
        var bytes = [UInt8](repeating: 0, count: offset - start)
        var filled = 0
        while filled < bytes.count {
            let got = try bytes.withUnsafeMutableBytes {
                try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
            }
            if got == 0 { return nil }
            filled += got
        }
        bytes.removeLast()
        if let feed = bytes.lastIndex(of: 0x0A) { return Array(bytes[(feed + 1)...]) }
        return start == 0 ? bytes : nil
    }
}

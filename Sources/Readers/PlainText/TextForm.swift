import CXML2
import Files
import Glibc

/// How the bytes of a text file become UTF-8.
struct TextForm: Equatable {
    var encoding: TextEncoding
    /// Bytes of a byte order mark.
    var markBytes = 0

    /// What `metadata.encoding` says; nil for UTF-8.
    var reported: String? { encoding == .utf8 ? nil : encoding.rawValue }

}

extension TextForm {
    /// Finds the form of the text that `open` yields, in one pass over it. The order: what the caller states, a byte order mark, zero
    /// bytes (UTF-16 and UTF-32), UTF-8, and then detection by statistics. Few bad bytes among much UTF-8 are damage, no other
    /// encoding. `option` is what messages call the option that states one.
    init(stated: String?, name: String, option: String = "`encoding`", _ open: () throws -> ByteStream) throws {
        let stream = try open()
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        var filled = try TextForm.fill(&chunk, from: 0, stream)
        let mark = chunk.withUnsafeBytes {
            TextEncoding(byteOrderMark: UnsafeRawBufferPointer(rebasing: $0[..<filled]))
        }
        if let stated {
            guard let encoding = TextEncoding(named: stated) else {
                throw ReadFailure.encoding(
                    path: name, offset: 0, expected: stated,
                    advice: "no such encoding; `iconv -l` lists those there are")
            }
            self.encoding = encoding
            if mark == encoding { markBytes = encoding == .utf8 ? 3 : encoding.unit }
            return
        }
        if let mark {
            encoding = mark
            markBytes = mark == .utf8 ? 3 : mark.unit
            return
        }
        let wide = chunk.withUnsafeBytes { WideText.detect(UnsafeRawBufferPointer(rebasing: $0[..<filled])) }
        if let wide {
            encoding = wide
            return
        }
        var scan = UTF8Scan()
        while filled > 0 {
            let rest = chunk.withUnsafeBytes { scan.take(UnsafeRawBufferPointer(rebasing: $0[..<filled])) }
            if scan.isOther { break }
            // The bytes of a character that the chunk cuts off come again.
            for index in 0..<rest { chunk[index] = chunk[filled - rest + index] }
            let next = try TextForm.fill(&chunk, from: rest, stream)
            if next == rest { scan.end(cutOff: rest) }
            filled = next == rest ? 0 : next
        }
        guard let firstBad = scan.firstBad, !scan.isDamagedUTF8 else {
            encoding = .utf8
            return
        }
        encoding = try TextForm.detected(firstBad: firstBad, lineStart: scan.lineStart, name, option, open)
    }

    private static func detected(
        firstBad: Int, lineStart: Int, _ name: String, _ option: String, _ open: () throws -> ByteStream
    ) throws -> TextEncoding {
        let stream = try open()
        var sample = [UInt8](repeating: 0, count: 1 << 18)
        var skipped = 0
        while skipped < lineStart {
            let wanted = min(sample.count, lineStart - skipped)
            let got = try sample.withUnsafeMutableBytes {
                try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[..<wanted]))
            }
            if got == 0 { break }
            skipped += got
        }
        let filled = try fill(&sample, from: 0, stream)
        let verdict = sample.withUnsafeBytes {
            EncodingDetection.detect(UnsafeRawBufferPointer(rebasing: $0[..<filled]))
        }
        switch verdict {
        case .found(let encoding): return encoding
        case .undecided(let names):
            throw ReadFailure.encoding(
                path: name, offset: firstBad, expected: "UTF-8",
                advice: "it may be \(names.joined(separator: " or ")); name it with \(option), or convert the file")
        }
    }

    /// Reads until the chunk is full or the stream ends; returns how much it then holds.
    private static func fill(_ chunk: inout [UInt8], from start: Int, _ stream: ByteStream) throws -> Int {
        var filled = start
        while filled < chunk.count {
            let got = try chunk.withUnsafeMutableBytes {
                try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
            }
            if got == 0 { break }
            filled += got
        }
        return filled
    }
}

/// One pass over bytes that counts what is UTF-8 beyond ASCII and what is not UTF-8.
private struct UTF8Scan {
    var firstBad: Int?
    /// Where the line of the first bad byte begins, as far as its chunk shows.
    var lineStart = 0
    private var bad = 0
    private var sequences = 0
    private var base = 0

    /// Few bad bytes among much that is well-formed.
    var isDamagedUTF8: Bool { sequences >= 20 * bad }
    /// Enough seen to know.
    var isOther: Bool { bad > 1000 && !isDamagedUTF8 }

    /// Returns how many bytes at the end begin a character that is cut off.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> Int {
        var leads = 0
        for byte in bytes where byte >= 0xC2 { leads &+= 1 }
        sequences += leads
        var start = 0
        while start < bytes.count {
            guard let hit = UTF8Validation.firstBadByte(UnsafeRawBufferPointer(rebasing: bytes[start...])) else {
                break
            }
            let place = start + hit
            if isCutOff(UnsafeRawBufferPointer(rebasing: bytes[place...])) {
                sequences -= 1
                base += place
                return bytes.count - place
            }
            note(place, bytes)
            if isOther { return 0 }
            start = place + 1
        }
        base += bytes.count
        return 0
    }

    mutating func end(cutOff: Int) {
        if cutOff == 0 { return }
        if firstBad == nil { firstBad = base }
        bad += 1
    }

    private mutating func note(_ place: Int, _ bytes: UnsafeRawBufferPointer) {
        if bytes[place] >= 0xC2 { sequences -= 1 }
        bad += 1
        if firstBad != nil { return }
        firstBad = base + place
        lineStart = base
        if let hit = memrchr(bytes.baseAddress!, 0x0A, place) {
            lineStart = base + bytes.baseAddress!.distance(to: UnsafeRawPointer(hit)) + 1
        }
    }

    /// Whether `rest`, up to three bytes, may be the beginning of a character.
    private func isCutOff(_ rest: UnsafeRawBufferPointer) -> Bool {
        guard rest.count < 4, let lead = rest.first, lead >= 0xC2, lead < 0xF5 else { return false }
        let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        return rest.count < length && rest.dropFirst().allSatisfy { $0 & 0xC0 == 0x80 }
    }
}

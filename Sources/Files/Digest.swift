internal import CXXHash
internal import Crypto

/// A running SHA-256, for everything whose identity is promised to others: inputs, tokenizers, shards, the root digest.
public struct SHA256Digest: Sendable {
    private var state = Crypto.SHA256()

    /// Nothing hashed yet.
    public init() {}

    /// Adds bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) { state.update(bufferPointer: bytes) }

    /// Adds bytes.
    public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { state.update(bufferPointer: $0) } }

    /// Adds a text as its UTF-8 bytes and a zero byte, so that neighbouring texts cannot run together.
    public mutating func update(_ text: String) {
        update(Array(text.utf8))
        update([0])
    }

    /// The 64 lower-case hexadecimal digits of what was added.
    public func hexadecimal() -> String {
        Hexadecimal.text(of: Array(state.finalize()))
    }

    /// The 32 bytes of the digest of what was added.
    public func bytes() -> [UInt8] { Array(state.finalize()) }

    /// The digest of one array.
    public static func hexadecimal(of bytes: [UInt8]) -> String {
        var digest = SHA256Digest()
        digest.update(bytes)
        return digest.hexadecimal()
    }

    /// The digest of a file as it stands on disk; memory is one chunk.
    public static func hexadecimal(ofFile path: String) throws -> String {
        let stream = try FileByteStream(path)
        var digest = SHA256Digest()
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let got = try chunk.withUnsafeMutableBytes { try stream.read(into: $0) }
            if got == 0 { return digest.hexadecimal() }
            chunk.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
        }
    }
}

/// The hashes that the MDS index may name.
public enum ShardHash: String, Sendable, CaseIterable {
    case sha1, sha256, xxh64
    case xxh364 = "xxh3_64"
    case xxh3128 = "xxh3_128"

    /// The hash of `bytes` in lower-case hexadecimal.
    public func hexadecimal(of bytes: UnsafeRawBufferPointer) -> String {
        switch self {
        case .sha1:
            var state = Insecure.SHA1()
            state.update(bufferPointer: bytes)
            return Hexadecimal.text(of: Array(state.finalize()))
        case .sha256:
            var state = Crypto.SHA256()
            state.update(bufferPointer: bytes)
            return Hexadecimal.text(of: Array(state.finalize()))
        case .xxh64: return Hexadecimal.text(of: XXH64(bytes.baseAddress, bytes.count, 0))
        case .xxh364: return Hexadecimal.text(of: XXH3_64bits(bytes.baseAddress, bytes.count))
        case .xxh3128:
            let hash = XXH3_128bits(bytes.baseAddress, bytes.count)
            return Hexadecimal.text(of: hash.high64) + Hexadecimal.text(of: hash.low64)
        }
    }
}

/// XXH3 of bytes, for tables and keys: fast, 64 or 128 bits, the same on every machine.
public enum XXHash3 {
    /// 64 bits.
    public static func hash64(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
        XXH3_64bits_withSeed(bytes.baseAddress, bytes.count, seed)
    }

    /// 128 bits: high half, low half.
    public static func hash128(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> (high: UInt64, low: UInt64) {
        let hash = XXH3_128bits_withSeed(bytes.baseAddress, bytes.count, seed)
        return (hash.high64, hash.low64)
    }

    /// 64 bits of the UTF-8 form of a text.
    public static func hash64(_ text: String, seed: UInt64 = 0) -> UInt64 {
        var text = text
        return text.withUTF8 { hash64(UnsafeRawBufferPointer($0), seed: seed) }
    }
}

/// Lower-case hexadecimal digits.
public enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Two digits a byte.
    public static func text(of bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            out.append(digits[Int(byte >> 4)])
            out.append(digits[Int(byte & 15)])
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Sixteen digits, the highest first.
    public static func text(of value: UInt64) -> String {
        String(unsafeUninitializedCapacity: 16) { write(value, to: $0) }
    }

    /// Thirty-two digits, those of `high` first.
    public static func text(ofHigh high: UInt64, low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 32) { digits in
            write(high, to: digits) + write(low, to: UnsafeMutableBufferPointer(rebasing: digits[16...]))
        }
    }

    private static func write(_ value: UInt64, to digits: UnsafeMutableBufferPointer<UInt8>) -> Int {
        for place in 0..<16 {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * place)) & 15
            digits[place] = digit < 10 ? 0x30 + digit : 0x57 + digit
        }
        return 16
    }
}

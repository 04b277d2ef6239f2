import Glibc

/// The C library's own conversion, from UTF-8 into an encoding: the opposite of what the readers do.
enum Iconv {
    /// The bytes of `text`; nil where the encoding lacks a character of it.
    static func encode(_ text: String, to encoding: String) -> [UInt8]? {
        let descriptor = iconv_open(encoding, "UTF-8")
        guard descriptor != iconv_t(bitPattern: -1) else { return nil }
        defer { iconv_close(descriptor) }
        var input = Array(text.utf8).map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: input.count * 4 + 16)
        var left = input.count
        var room = output.count
        let status = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                var from = source.baseAddress
                var to = target.baseAddress
                return iconv(descriptor, &from, &left, &to, &room)
            }
        }
        return status == 0 && left == 0 ? output[..<(output.count - room)].map { UInt8(bitPattern: $0) } : nil
    }
}

/// Words as the ground truth means them, found in another way than the generator does.
enum ReferenceWords {
    /// Runs of ASCII letters, digits and underscores, in lower case.
    static func of(_ text: [UInt8]) -> [String] {
        text.split { byte in
            let scalar = Unicode.Scalar(byte)
            let isLetter = scalar.isASCII && scalar.properties.isAlphabetic
            return !(isLetter || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_"))
        }.map { String(decoding: $0, as: UTF8.self).lowercased() }
    }
}

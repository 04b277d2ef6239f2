import Files

/// A tokenizer that has one token a byte, so that a test knows its counts beforehand.
public enum ByteTokenizer {
    /// The id of `<|endoftext|>`.
    public static let end = 256

    /// Its `tokenizer.json`: byte-level BPE without merges, and one special token.
    public static var json: String { json(specials: []) }

    /// The same with further special tokens, whose ids follow that of `<|endoftext|>`.
    public static func json(specials: [String]) -> String {
        var vocabulary: [String: JSONValue] = [:]
        // Bytes that are no visible character of Latin-1 stand for the characters from U+0100 on, in their order.
        var next: UInt32 = 256
        for byte in UInt32(0)..<256 {
            let isVisible = (33...126).contains(byte) || (161...172).contains(byte) || (174...255).contains(byte)
            let scalar = isVisible ? byte : next
            if !isVisible { next += 1 }
            vocabulary[String(Unicode.Scalar(scalar)!)] = .integer(Int(byte))
        }
        let byteLevel: JSONValue = [
            "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true,
        ]
        return JSONValue.object([
            "version": "1.0", "truncation": .null, "padding": .null, "normalizer": .null, "post_processor": .null,
            "pre_tokenizer": byteLevel, "decoder": byteLevel,
            "added_tokens": .array(
                (["<|endoftext|>"] + specials).enumerated().map { place, content in
                    [
                        "id": .integer(end + place), "content": .string(content), "special": true,
                        "normalized": false, "lstrip": false, "rstrip": false, "single_word": false,
                    ]
                }),
            "model": [
                "type": "BPE", "dropout": .null, "unk_token": .null, "continuing_subword_prefix": .null,
                "end_of_word_suffix": .null, "fuse_unk": false, "byte_fallback": false,
                "vocab": .object(vocabulary), "merges": [],
            ],
        ]).text()
    }
}

import Files

/// What a file of tiktoken ranks does not carry: how texts are split, and which special tokens there are.
struct TiktokenEncoding {
    var pattern: String
    var specialTokens: [(name: String, id: UInt32)]

    /// Names that an `encoding.json` can give for its pattern.
    private static let patterns: [String: String] = [
        "r50k": r50k, "p50k": r50k, "gpt2": r50k, "r50k_base": r50k, "p50k_base": r50k, "p50k_edit": r50k,
        "cl100k": text(.cl100k), "cl100k_base": text(.cl100k), "o200k": text(.o200k), "o200k_base": text(.o200k),
        "llama3": text(.llama3), "llama-3": text(.llama3), "qwen": text(.qwen2), "qwen2": text(.qwen2),
    ]

    private static let r50k = KnownPatterns.texts(.rust).last { $0.pattern == .gpt2 }?.text ?? ""

    private static func text(_ pattern: Pretokenization.Pattern) -> String { KnownPatterns.text(of: pattern) ?? "" }

    /// Reads `encoding.json` beside the ranks; without one, the well-known encoding with that many ranks.
    static func find(beside path: String, rankCount: Int) throws -> TiktokenEncoding {
        let file = PathText.join(PathText.folder(of: path), "encoding.json")
        if Folder.exists(file) {
            let bytes = try FileByteStream(file).readAll(limit: 1 << 26)
            let encoding = try JSONParser().parse(bytes, name: file) { root in
                try read(PlacedElement(element: root, path: file, place: "").expecting(.object, "an object"), path)
            }
            if let encoding { return encoding }
        }
        if let known = wellKnown(rankCount) { return known }
        throw TokenizerFailure.noTokenizer(
            path: path,
            looked:
                "encoding.json with pattern and special_tokens beside these \(rankCount) ranks, which are of no known encoding"
        )
    }

    /// nil where the file is about other ranks.
    private static func read(_ root: PlacedElement, _ path: String) throws -> TiktokenEncoding? {
        if let file = try root.optionalString("file"), file != PathText.name(of: path) { return nil }
        let pattern = try root.string("pattern")
        var specials: [(name: String, id: UInt32)] = []
        if let list = root.optional("special_tokens") {
            try list.expecting(.object, "an object").element.forEachMember { key, value in
                let name = String(decoding: key, as: UTF8.self)
                guard let id = value.int.flatMap({ UInt32(exactly: $0) }) else {
                    throw PlacedElement(element: value, path: root.path, place: "special_tokens[\"\(name)\"]")
                        .malformed("an id")
                }
                specials.append((name, id))
            }
        }
        return TiktokenEncoding(pattern: patterns[pattern] ?? pattern, specialTokens: specials)
    }

    private static func wellKnown(_ count: Int) -> TiktokenEncoding? {
        switch count {
        case 50_256: return TiktokenEncoding(pattern: r50k, specialTokens: [("<|endoftext|>", 50_256)])
        case 50_280: return TiktokenEncoding(pattern: r50k, specialTokens: [("<|endoftext|>", 50_256)])
        case 100_256:
            return TiktokenEncoding(
                pattern: text(.cl100k),
                specialTokens: [
                    ("<|endoftext|>", 100_257), ("<|fim_prefix|>", 100_258), ("<|fim_middle|>", 100_259),
                    ("<|fim_suffix|>", 100_260), ("<|endofprompt|>", 100_276),
                ])
        case 199_998:
            return TiktokenEncoding(
                pattern: text(.o200k), specialTokens: [("<|endoftext|>", 199_999), ("<|endofprompt|>", 200_018)])
        case 128_000: return TiktokenEncoding(pattern: text(.llama3), specialTokens: llama3)
        case 151_643:
            return TiktokenEncoding(
                pattern: text(.qwen2),
                specialTokens: [("<|endoftext|>", 151_643), ("<|im_start|>", 151_644), ("<|im_end|>", 151_645)])
        default: return nil
        }
    }

    private static let llama3: [(name: String, id: UInt32)] = {
        var names = [
            "begin_of_text", "end_of_text", "reserved_special_token_0", "reserved_special_token_1",
            "finetune_right_pad_id", "step_id", "start_header_id", "end_header_id", "eom_id", "eot_id", "python_tag",
            "image",
        ]
        for number in 2...245 { names.append("reserved_special_token_\(number)") }
        return names.enumerated().map { ("<|\($1)|>", 128_000 + UInt32($0)) }
    }()
}

import Files

/// A vocabulary that was learnt: its tokens and merges, and the folder it is written to.
public struct TrainedTokenizer: Sendable {
    /// The bytes of every token by its id; special tokens first.
    public let tokens: [[UInt8]]
    /// The merges in their order, as ids.
    public let merges: [(left: UInt32, right: UInt32)]
    /// By how many tokens each merge made all texts shorter.
    public let gains: [Int]
    /// How many different pieces the texts had.
    public let pieces: Int
    /// How many bytes or characters merging began with. With the special tokens and those of bytes they are all there, however small a
    /// vocabulary was asked for.
    public let alphabetSize: Int
    private let options: BPETrainer.Options
    private let pretokenization: Pretokenization
    /// Tokens that are no alphabet and no merges: special ones and those of bytes.
    private let fixedCount: Int

    init(
        _ options: BPETrainer.Options, _ pretokenization: Pretokenization, _ fixed: [[UInt8]],
        _ result: MergeLearner.Result, pieces: Int, alphabetSize: Int
    ) {
        self.options = options
        self.pretokenization = pretokenization
        fixedCount = fixed.count
        tokens = fixed + result.tokens.dropFirst(fixed.count)
        merges = result.merges
        gains = result.gains
        self.pieces = pieces
        self.alphabetSize = alphabetSize
    }

    /// Writes `tokenizer.json` and `tokenizer_config.json` into the folder, which is made if it is not there: what
    /// `tokenizers`, `transformers` and `Tokenizer.load` read.
    public func write(to folder: String) throws {
        try Folder.create(folder)
        try AtomicFile.write(tokenizerJSON(), to: PathText.join(folder, "tokenizer.json"))
        try AtomicFile.write(configuration().encoded(.pretty), to: PathText.join(folder, "tokenizer_config.json"))
    }

    /// The text of `merges.txt`, a merge on each line.
    public func mergesText() -> [UInt8] {
        var out = Array("#version: 0.2\n".utf8)
        for merge in merges {
            out += written(merge.left)
            out.append(0x20)
            out += written(merge.right)
            out.append(0x0A)
        }
        return out
    }

    private func written(_ id: UInt32) -> [UInt8] {
        let bytes = tokens[Int(id)]
        if Int(id) < fixedCount || options.unit == .characters { return bytes }
        var out: [UInt8] = []
        bytes.withUnsafeBytes { ByteAlphabet.appendWritten($0, to: &out) }
        return out
    }

    private func configuration() -> JSONValue {
        func choice(_ token: String?) -> JSONValue { token.map { .string($0) } ?? .null }
        var members: [String: JSONValue] = [
            "tokenizer_class": .string("PreTrainedTokenizerFast"), "bos_token": choice(options.beginningOfText),
            "eos_token": choice(options.endOfText), "clean_up_tokenization_spaces": .bool(false),
        ]
        if options.pattern == .metaspace { members["unk_token"] = .string(options.unknownToken) }
        return .object(members)
    }

    private func tokenizerJSON() -> [UInt8] {
        var out: [UInt8] = []
        func field(_ name: String, _ value: JSONValue) { out += "  \"\(name)\": \(value.text()),\n".utf8 }
        out += "{\n".utf8
        field("version", .string("1.0"))
        field("truncation", .null)
        field("padding", .null)
        field("added_tokens", .array(options.specialTokens.enumerated().map(addedToken)))
        let form = options.normalization.rawValue.uppercased()
        field("normalizer", options.normalization == .none ? .null : .object(["type": .string(form)]))
        field("pre_tokenizer", preTokenizer())
        field("post_processor", .null)
        field("decoder", decoder())
        out += "  \"model\": {\n    \"type\": \"BPE\",\n".utf8
        let isMetaspace = options.pattern == .metaspace
        let unknown = isMetaspace ? JSONValue.string(options.unknownToken) : .null
        for (name, value) in [
            ("dropout", "null"), ("unk_token", unknown.text()), ("continuing_subword_prefix", "null"),
            ("end_of_word_suffix", "null"), ("fuse_unk", "\(isMetaspace)"),
            ("byte_fallback", "\(options.hasByteTokens)"),
            ("ignore_merges", "false"),
        ] {
            out += "    \"\(name)\": \(value),\n".utf8
        }
        out += "    \"vocab\": {".utf8
        for id in tokens.indices {
            out += (id == 0 ? "\n      " : ",\n      ").utf8
            written(UInt32(id)).withUnsafeBytes { JSONText.append($0, to: &out) }
            out += ": \(id)".utf8
        }
        out += "\n    },\n    \"merges\": [".utf8
        for (index, merge) in merges.enumerated() {
            out += (index == 0 ? "\n      [" : ",\n      [").utf8
            written(merge.left).withUnsafeBytes { JSONText.append($0, to: &out) }
            out += ", ".utf8
            written(merge.right).withUnsafeBytes { JSONText.append($0, to: &out) }
            out.append(UInt8(ascii: "]"))
        }
        out += "\n    ]\n  }\n}\n".utf8
        return out
    }

    private func addedToken(_ id: Int, _ content: String) -> JSONValue {
        .object([
            "id": .integer(id), "content": .string(content), "single_word": .bool(false), "lstrip": .bool(false),
            "rstrip": .bool(false), "normalized": .bool(false), "special": .bool(true),
        ])
    }

    private func decoder() -> JSONValue {
        if options.pattern != .metaspace { return byteLevel(usesPattern: true) }
        if !options.fallsBackToBytes { return metaspace }
        return .object([
            "type": .string("Sequence"), "decoders": .array([.object(["type": .string("ByteFallback")]), metaspace]),
        ])
    }

    private var metaspace: JSONValue {
        .object([
            "type": .string("Metaspace"), "replacement": .string("▁"), "prepend_scheme": .string("always"),
            "split": .bool(true),
        ])
    }

    private func preTokenizer() -> JSONValue {
        if options.pattern == .metaspace { return metaspace }
        var steps: [JSONValue] = []
        if pretokenization.isolatesDigits {
            steps.append(.object(["type": .string("Digits"), "individual_digits": .bool(true)]))
        }
        let usesPattern = pretokenization.pattern == .gpt2
        if !usesPattern, let pattern = KnownPatterns.text(of: pretokenization.pattern) {
            steps.append(
                .object([
                    "type": .string("Split"), "pattern": .object(["Regex": .string(pattern)]),
                    "behavior": .string("Isolated"), "invert": .bool(false),
                ]))
        }
        steps.append(byteLevel(usesPattern: usesPattern))
        return steps.count == 1
            ? steps[0] : .object(["type": .string("Sequence"), "pretokenizers": .array(steps)])
    }

    private func byteLevel(usesPattern: Bool) -> JSONValue {
        .object([
            "type": .string("ByteLevel"), "add_prefix_space": .bool(false), "trim_offsets": .bool(true),
            "use_regex": .bool(usesPattern),
        ])
    }
}

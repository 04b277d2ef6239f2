public import Files

// config.json as transformers 4 and 5 write it: 4 has `rope_theta` and `rope_scaling`, 5 has both inside `rope_parameters`.
extension ModelConfiguration {
    /// Reads a `config.json`. Throws `ModelFailure` naming the member that is missing, wrong or not supported.
    public init(file path: String) throws {
        try self.init(json: JSONValue(file: path, limit: 1 << 24), path: path)
    }

    /// Reads the parsed text of a `config.json` called `path` in messages.
    public init(json: JSONValue, path: String) throws {
        guard let members = json.members else {
            throw ModelFailure.malformed(
                path: path, place: "config.json", expected: "a JSON object", found: "another JSON value")
        }
        let reader = MemberReader(path: path, place: nil, members: members)
        let type = try reader.string("model_type")
        guard let family = Family(rawValue: type) else {
            throw ModelFailure.unsupported(
                path: path, feature: "model_type", found: type,
                supported: Family.allCases.map(\.rawValue).joined(separator: ", "))
        }
        try ModelConfiguration.refuseUnsupported(reader)
        let heads = try reader.count("num_attention_heads")
        let hidden = try reader.count("hidden_size")
        if reader["head_dim"] == nil, hidden % heads != 0 {
            throw reader.wrong("hidden_size", "a multiple of num_attention_heads (\(heads)), or head_dim", "\(hidden)")
        }
        self.init(
            family: family, vocabularySize: try reader.count("vocab_size"), hiddenSize: hidden,
            intermediateSize: try reader.count("intermediate_size"),
            layerCount: try reader.count("num_hidden_layers"), headCount: heads,
            keyValueHeadCount: try reader.count("num_key_value_heads", default: heads),
            normEpsilon: try reader.number("rms_norm_eps", default: 1e-6), rotaryBase: 10_000,
            maximumPositions: try reader.count(
                "max_position_embeddings", default: family == .qwen2 ? 32768 : 2048))
        headSize = try reader.count("head_dim", default: hidden / heads)
        if headCount % keyValueHeadCount != 0 {
            throw reader.wrong(
                "num_key_value_heads", "a divisor of num_attention_heads (\(headCount))", "\(keyValueHeadCount)")
        }
        if headSize % 2 != 0 { throw reader.wrong("head_dim", "an even number", "\(headSize)") }
        if family == .llama {
            hasQueryKeyValueBias = try reader.flag("attention_bias", default: false)
            hasAttentionOutputBias = hasQueryKeyValueBias
            hasFeedForwardBias = try reader.flag("mlp_bias", default: false)
        }
        tiesEmbeddings = try reader.flag("tie_word_embeddings", default: false)
        initializerRange = try reader.number("initializer_range", default: 0.02)
        beginTokenID = try reader.tokenIDs("bos_token_id").first
        endTokenIDs = try reader.tokenIDs("eos_token_id")
        try readRotary(reader)
        otherMembers = members.filter { !ModelConfiguration.writtenMembers.contains($0.key) }
        try checkSizes(reader)
    }

    /// The members that are written from the fields of this type, not from `otherMembers`.
    private static let writtenMembers: Set<String> = [
        "architectures", "attention_bias", "bos_token_id", "dtype", "eos_token_id", "head_dim", "hidden_act",
        "hidden_size", "initializer_range", "intermediate_size", "max_position_embeddings", "mlp_bias", "model_type",
        "num_attention_heads", "num_hidden_layers", "num_key_value_heads", "rms_norm_eps", "rope_parameters",
        "rope_scaling", "rope_theta", "tie_word_embeddings", "torch_dtype", "vocab_size",
    ]

    /// Members that change the computation in a way that is not implemented.
    private static func refuseUnsupported(_ reader: MemberReader) throws {
        let activation = reader["hidden_act"] == nil ? "silu" : try reader.string("hidden_act")
        if activation != "silu" { throw reader.unsupported("hidden_act", activation, "silu") }
        if try reader.flag("use_sliding_window", default: false) {
            throw reader.unsupported("use_sliding_window", "true", "false: full attention in every layer")
        }
        for layer in reader["layer_types"]?.items ?? [] where layer.string != "full_attention" {
            throw reader.unsupported("layer_types", layer.text(), "full_attention in every layer")
        }
        if let quantization = reader["quantization_config"] {
            throw reader.unsupported(
                "quantization_config", quantization["quant_method"]?.text() ?? "there", "weights in F32, BF16 or F16")
        }
        if let fraction = reader["partial_rotary_factor"]?.double, fraction != 1 {
            throw reader.unsupported("partial_rotary_factor", "\(fraction)", "1")
        }
    }

    private mutating func readRotary(_ reader: MemberReader) throws {
        rotaryBase = try reader.number("rope_theta", default: 10_000)
        // transformers 5 lets rope_scaling win where both are there.
        let name = reader["rope_scaling"] != nil ? "rope_scaling" : "rope_parameters"
        guard let value = reader[name] else { return }
        guard let members = value.members else { throw reader.wrong(name, "an object", value.text()) }
        let rotary = MemberReader(path: reader.path, place: name, members: members)
        rotaryBase = try rotary.number("rope_theta", default: rotaryBase)
        guard rotaryBase > 0 else { throw rotary.wrong("rope_theta", "a number above 0", "\(rotaryBase)") }
        if let fraction = rotary["partial_rotary_factor"]?.double, fraction != 1 {
            throw rotary.unsupported("partial_rotary_factor", "\(fraction)", "1")
        }
        let key = rotary["rope_type"] == nil && rotary["type"] != nil ? "type" : "rope_type"
        let type = rotary[key] == nil ? "default" : try rotary.string(key)
        switch type {
        case "default": rotaryScaling = .none
        case "llama3":
            rotaryScaling = .llama3(
                factor: try rotary.number("factor"), lowFrequencyFactor: try rotary.number("low_freq_factor"),
                highFrequencyFactor: try rotary.number("high_freq_factor"),
                originalPositions: try rotary.count("original_max_position_embeddings"))
            if case .llama3(let factor, let low, let high, _) = rotaryScaling, factor < 1 || low <= 0 || high <= low {
                throw reader.wrong(
                    name, "factor from 1, low_freq_factor above 0 and below high_freq_factor", value.text())
            }
        default: throw rotary.unsupported(key, type, "default, llama3")
        }
    }

    /// No product of two sizes may overflow, and the whole must be countable.
    private func checkSizes(_ reader: MemberReader) throws {
        let sizes: [(String, Int)] = [
            ("vocab_size", vocabularySize), ("hidden_size", hiddenSize), ("intermediate_size", intermediateSize),
            ("num_hidden_layers", layerCount), ("num_attention_heads", headCount), ("head_dim", headSize),
            ("max_position_embeddings", maximumPositions),
        ]
        for (name, size) in sizes where size > 1 << 31 { throw reader.wrong(name, "at most 2147483648", "\(size)") }
        if layerCount > 1 << 16 { throw reader.wrong("num_hidden_layers", "at most 65536", "\(layerCount)") }
        if headCount * headSize > 1 << 31 {
            throw reader.wrong("head_dim", "heads of at most 2147483648 numbers in all", "\(headSize)")
        }
        let count = estimatedParameters
        if count > 0x1p48 {
            throw reader.wrong("hidden_size", "a model of at most 2⁴⁸ parameters in all", "sizes that give \(count)")
        }
    }

    /// The number of parameters, in arithmetic that cannot overflow.
    private var estimatedParameters: Double {
        let hidden = Double(hiddenSize)
        var layer = 2 * hidden
        for linear in linearLayers(of: 0) {
            layer += Double(linear.inputSize) * Double(linear.outputSize) + Double(linear.outputSize)
        }
        return Double(layerCount) * layer + (tiesEmbeddings ? 1 : 2) * Double(vocabularySize) * hidden + hidden
    }

    /// The text of a `config.json` that transformers 4 and 5 load, for weights stored as `elementType`.
    public func json(elementType: SafetensorsElementType = .float32) -> JSONValue {
        let dtype: JSONValue =
            switch elementType {
            case .bfloat16: "bfloat16"
            case .float16: "float16"
            default: "float32"
            }
        var members = otherMembers
        members["architectures"] = [family == .llama ? "LlamaForCausalLM" : "Qwen2ForCausalLM"]
        members["model_type"] = .string(family.rawValue)
        members["vocab_size"] = .integer(vocabularySize)
        members["hidden_size"] = .integer(hiddenSize)
        members["intermediate_size"] = .integer(intermediateSize)
        members["num_hidden_layers"] = .integer(layerCount)
        members["num_attention_heads"] = .integer(headCount)
        members["num_key_value_heads"] = .integer(keyValueHeadCount)
        // Qwen2Config has no head_dim of its own, but its attention reads one where it is there.
        if family == .llama || headSize * headCount != hiddenSize { members["head_dim"] = .integer(headSize) }
        members["hidden_act"] = "silu"
        members["rms_norm_eps"] = .double(normEpsilon)
        members["max_position_embeddings"] = .integer(maximumPositions)
        members["tie_word_embeddings"] = .bool(tiesEmbeddings)
        members["initializer_range"] = .double(initializerRange)
        if family == .llama {
            members["attention_bias"] = .bool(hasQueryKeyValueBias)
            members["mlp_bias"] = .bool(hasFeedForwardBias)
        }
        members["bos_token_id"] = beginTokenID.map { .integer($0) } ?? .null
        members["eos_token_id"] =
            switch endTokenIDs.count {
            case 0: .null
            case 1: .integer(endTokenIDs[0])
            default: .array(endTokenIDs.map { .integer($0) })
            }
        members["dtype"] = dtype
        members["torch_dtype"] = dtype
        members["rope_theta"] = .double(rotaryBase)
        var rotary: [String: JSONValue] = ["rope_type": "default"]
        if case .llama3(let factor, let low, let high, let positions) = rotaryScaling {
            rotary = [
                "rope_type": "llama3", "factor": .double(factor), "low_freq_factor": .double(low),
                "high_freq_factor": .double(high), "original_max_position_embeddings": .integer(positions),
            ]
            members["rope_scaling"] = .object(rotary)
        }
        rotary["rope_theta"] = .double(rotaryBase)
        members["rope_parameters"] = .object(rotary)
        return .object(members)
    }
}

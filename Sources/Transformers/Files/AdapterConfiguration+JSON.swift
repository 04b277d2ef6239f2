public import Files

extension AdapterConfiguration {
    /// Reads an `adapter_config.json`. Throws `ModelFailure` naming a feature of PEFT that is not implemented.
    public init(file path: String) throws {
        let bytes = try FileByteStream(path).readAll(limit: 1 << 24)
        let json = try JSONValue(parsing: bytes, name: path)
        guard let members = json.members else {
            throw ModelFailure.malformed(
                path: path, place: "adapter_config.json", expected: "a JSON object", found: "another JSON value")
        }
        let reader = MemberReader(path: path, place: nil, members: members)
        try AdapterConfiguration.refuseUnsupported(reader)
        self.init(
            rank: try reader.count("r", default: 8), alpha: try reader.number("lora_alpha", default: 8), targets: [],
            usesRankStabilizedScale: try reader.flag("use_rslora", default: false))
        if let text = reader["target_modules"]?.string {
            targets = text == "all-linear" ? .allLinear : .pattern(text)
        } else if let items = reader["target_modules"]?.items, items.allSatisfy({ $0.string != nil }) {
            targets = .names(items.compactMap(\.string))
        } else {
            throw reader.wrong(
                "target_modules", "a list of names or an expression",
                members["target_modules"]?.text() ?? "no such member")
        }
        rankExceptions = try AdapterConfiguration.exceptions("rank_pattern", bytes, reader)
        for exception in rankExceptions where exception.value < 1 || exception.value != exception.value.rounded() {
            throw reader.wrong("rank_pattern.\(exception.pattern)", "an integer from 1", "\(exception.value)")
        }
        alphaExceptions = try AdapterConfiguration.exceptions("alpha_pattern", bytes, reader)
        baseModel = reader["base_model_name_or_path"]?.string
        let written = AdapterConfiguration.writtenMembers
        otherMembers = members.filter { !written.contains($0.key) }
    }

    private static let writtenMembers: Set<String> = [
        "alpha_pattern", "base_model_name_or_path", "bias", "fan_in_fan_out", "inference_mode", "lora_alpha",
        "peft_type",
        "r", "rank_pattern", "target_modules", "task_type", "use_rslora",
    ]

    private static func refuseUnsupported(_ reader: MemberReader) throws {
        let type = try reader.string("peft_type", default: "LORA")
        if type != "LORA" { throw reader.unsupported("peft_type", type, "LORA") }
        if let task = reader["task_type"]?.string, task != "CAUSAL_LM" {
            throw reader.unsupported("task_type", task, "CAUSAL_LM")
        }
        if let bias = reader["bias"]?.string, bias != "none" { throw reader.unsupported("bias", bias, "none") }
        for flag in ["use_dora", "fan_in_fan_out", "lora_bias", "use_qalora", "use_bdlora"] {
            if let value = reader[flag], value != .bool(false) { throw reader.unsupported(flag, value.text(), "false") }
        }
        for member in [
            "modules_to_save", "layers_to_transform", "layer_replication", "exclude_modules", "target_parameters",
            "trainable_token_indices", "alora_invocation_tokens", "megatron_config",
        ] {
            guard let value = reader[member], value != .array([]) else { continue }
            throw reader.unsupported(member, value.text(), "null")
        }
        // These ways to start an adapter subtract it from the base weights, which are then no longer those of the base model.
        if let start = reader["init_lora_weights"]?.string,
            ["pissa", "olora", "corda", "loftq", "lora_ga"].contains(where: { start.hasPrefix($0) })
        {
            throw reader.unsupported("init_lora_weights", start, "true, false, gaussian, orthogonal, eva")
        }
    }

    /// The members of a pattern object in the order of the file, which decides where several match.
    private static func exceptions(_ name: String, _ bytes: [UInt8], _ reader: MemberReader) throws -> [Exception] {
        guard let value = reader[name] else { return [] }
        guard value.members != nil else { throw reader.wrong(name, "an object of numbers", value.text()) }
        var found: [Exception] = []
        try JSONParser().parse(bytes, name: reader.path) { root in
            try root.member(name)?.forEachMember { key, value in
                let pattern = String(decoding: key, as: UTF8.self)
                guard let number = value.double, number > 0, number < 1e9 else {
                    throw reader.wrong("\(name).\(pattern)", "a number above 0", value.value.text())
                }
                found.append(Exception(pattern: pattern, value: number))
            }
        }
        return found
    }

    /// The text of an `adapter_config.json` that PEFT loads.
    public var json: JSONValue {
        var members = otherMembers
        members["peft_type"] = "LORA"
        members["task_type"] = "CAUSAL_LM"
        members["base_model_name_or_path"] = baseModel.map { .string($0) } ?? .null
        members["r"] = .integer(rank)
        members["lora_alpha"] = AdapterConfiguration.number(alpha)
        members["use_rslora"] = .bool(usesRankStabilizedScale)
        members["target_modules"] =
            switch targets {
            case .names(let names): .array(names.sorted(by: precedesInByteOrder).map { .string($0) })
            case .pattern(let pattern): .string(pattern)
            case .allLinear: "all-linear"
            }
        members["rank_pattern"] = AdapterConfiguration.object(rankExceptions)
        members["alpha_pattern"] = AdapterConfiguration.object(alphaExceptions)
        members["bias"] = "none"
        members["fan_in_fan_out"] = false
        members["inference_mode"] = true
        return .object(members)
    }

    private static func object(_ exceptions: [Exception]) -> JSONValue {
        .object(
            Dictionary(exceptions.map { ($0.pattern, number($0.value)) }, uniquingKeysWith: { first, _ in first }))
    }

    private static func number(_ value: Double) -> JSONValue {
        value == value.rounded() ? .integer(Int(value)) : .double(value)
    }
}

public import Files
internal import Transformers

extension TrainingOptions {
    /// All options as JSON, those not given as null: the same text for the same run.
    public var json: JSONValue {
        [
            "method": .string(method.rawValue), "steps": steps.map { .integer($0) } ?? .null,
            "epochs": epochs.map { .double($0) } ?? .null,
            "sequence_length": sequenceLength.map { .integer($0) } ?? .null, "batch_rows": .integer(batchRows),
            "gradient_accumulation": .integer(gradientAccumulation), "learning_rate": .double(learningRate),
            "schedule": .string(schedule.rawValue), "warmup_steps": warmupSteps.map { .integer($0) } ?? .null,
            "learning_rate_floor": .double(learningRateFloor), "beta1": .double(beta1), "beta2": .double(beta2),
            "epsilon": .double(epsilon), "weight_decay": .double(weightDecay), "gradient_clip": .double(gradientClip),
            "seed": .string(String(seed)), "isolate_segments": .bool(isolateSegments),
            "evaluation_interval": .integer(evaluationInterval), "evaluation_blocks": .integer(evaluationBlocks),
            "checkpoint_interval": .integer(checkpointInterval), "keep_checkpoints": .integer(keepCheckpoints),
            "activations": .string(activations.rawValue),
            "lora": [
                "rank": .integer(lora.rank), "alpha": .double(lora.alpha),
                "targets": .array(lora.targets.map { .string($0) }),
                "rank_stabilized": .bool(lora.usesRankStabilizedScale),
            ],
        ]
    }

    /// Options that may change when a run is resumed: they decide nothing that is computed.
    static let changeableNames: Set<String> = ["activations", "checkpoint_interval", "keep_checkpoints"]

    /// Reads options; those that are absent or null keep their defaults. Throws `TrainingFailure.wrongOption` for an unknown
    /// name, naming the nearest known one, and for a value of another type or range.
    public init(json: JSONValue) throws {
        self.init()
        guard let members = json.members else {
            throw TrainingFailure.wrongOption(name: "(all)", expected: "names and values", found: json.text())
        }
        for name in members.keys.sorted(by: precedesInByteOrder) {
            guard let value = members[name], value != .null else {
                try TrainingOptions.requireKnown(name, TrainingOptions().json)
                continue
            }
            if name == "lora" {
                guard let inner = value.members else { throw TrainingOptions.wrong(name, "names and values", value) }
                for name in inner.keys.sorted(by: precedesInByteOrder) { try setAdapter(name, inner[name] ?? .null) }
            } else {
                try set(name, value)
            }
        }
        try validate()
    }

    private mutating func set(_ name: String, _ value: JSONValue) throws {
        func integer() throws -> Int {
            guard let number = value.int else { throw TrainingOptions.wrong(name, "an integer", value) }
            return number
        }
        func number() throws -> Double {
            guard let number = value.double else { throw TrainingOptions.wrong(name, "a number", value) }
            return number
        }
        func choice<Choice: RawRepresentable & CaseIterable>(_: Choice.Type) throws -> Choice
        where Choice.RawValue == String {
            guard let chosen = value.string.flatMap(Choice.init) else {
                let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
                throw TrainingOptions.wrong(name, "one of \(known)", value)
            }
            return chosen
        }
        switch name {
        case "method": method = try choice(Method.self)
        case "steps": steps = try integer()
        case "epochs": epochs = try number()
        case "sequence_length": sequenceLength = try integer()
        case "batch_rows": batchRows = try integer()
        case "gradient_accumulation": gradientAccumulation = try integer()
        case "learning_rate": learningRate = try number()
        case "schedule": schedule = try choice(LearningRateSchedule.Shape.self)
        case "warmup_steps": warmupSteps = try integer()
        case "learning_rate_floor": learningRateFloor = try number()
        case "beta1": beta1 = try number()
        case "beta2": beta2 = try number()
        case "epsilon": epsilon = try number()
        case "weight_decay": weightDecay = try number()
        case "gradient_clip": gradientClip = try number()
        case "seed":
            guard let seed = value.int.flatMap(UInt64.init(exactly:)) ?? value.string.flatMap({ UInt64($0) }) else {
                throw TrainingOptions.wrong(name, "an integer from 0", value)
            }
            self.seed = seed
        case "isolate_segments":
            guard let flag = value.bool else { throw TrainingOptions.wrong(name, "true or false", value) }
            isolateSegments = flag
        case "evaluation_interval": evaluationInterval = try integer()
        case "evaluation_blocks": evaluationBlocks = try integer()
        case "checkpoint_interval": checkpointInterval = try integer()
        case "keep_checkpoints": keepCheckpoints = try integer()
        case "activations": activations = try choice(ActivationPolicy.self)
        default: try TrainingOptions.requireKnown(name, json)
        }
    }

    private mutating func setAdapter(_ name: String, _ value: JSONValue) throws {
        let title = "lora.\(name)"
        switch name {
        case "rank":
            guard let rank = value.int else { throw TrainingOptions.wrong(title, "an integer", value) }
            lora.rank = rank
        case "alpha":
            guard let alpha = value.double else { throw TrainingOptions.wrong(title, "a number", value) }
            lora.alpha = alpha
        case "targets":
            guard let targets = value.items?.compactMap(\.string), targets.count == value.items?.count else {
                throw TrainingOptions.wrong(title, "a list of names", value)
            }
            lora.targets = targets
        case "rank_stabilized":
            guard let flag = value.bool else { throw TrainingOptions.wrong(title, "true or false", value) }
            lora.usesRankStabilizedScale = flag
        default: try TrainingOptions.requireKnown(name, json["lora"] ?? .null)
        }
    }

    private static func wrong(_ name: String, _ expected: String, _ value: JSONValue) -> TrainingFailure {
        .wrongOption(name: name, expected: expected, found: value.text())
    }

    private static func requireKnown(_ name: String, _ known: JSONValue) throws {
        let names = (known.members ?? [:]).keys.sorted(by: precedesInByteOrder)
        if names.contains(name) { return }
        let nearest = NearestName.to(name, among: names) ?? "none"
        throw TrainingFailure.wrongOption(
            name: name, expected: "a known option, such as \(nearest)", found: "an unknown name")
    }
}

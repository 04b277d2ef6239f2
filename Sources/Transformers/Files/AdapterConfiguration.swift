public import Files

/// A LoRA adapter as the `adapter_config.json` of a PEFT folder describes it.
public struct AdapterConfiguration: Sendable, Equatable {
    /// Which modules get an adapter.
    public enum Targets: Sendable, Equatable {
        /// Modules whose path is one of these or ends with a dot and one of these.
        case names([String])
        /// Modules whose whole path matches this regular expression.
        case pattern(String)
        /// Every linear layer but the output matrix.
        case allLinear
    }

    /// An exception for the modules whose path ends with what `pattern` matches, the first that matches counts.
    public struct Exception: Sendable, Equatable {
        /// A name, or a regular expression, for the end of a module's path.
        public let pattern: String
        /// The rank or alpha of those modules.
        public let value: Double
    }

    /// The rank r.
    public var rank: Int
    /// The numerator of the scale.
    public var alpha: Double
    /// Which modules get an adapter.
    public var targets: Targets
    /// Modules of another rank.
    public var rankExceptions: [Exception] = []
    /// Modules of another alpha.
    public var alphaExceptions: [Exception] = []
    /// The scale is alpha / √r instead of alpha / r (rsLoRA).
    public var usesRankStabilizedScale = false
    /// The model the adapter belongs to.
    public var baseModel: String?
    /// Members that mean nothing to this program; written back as they were.
    public var otherMembers: [String: JSONValue] = [:]

    /// An adapter of one rank for modules known by their names.
    public init(rank: Int, alpha: Double, targets: [String], usesRankStabilizedScale: Bool = false) {
        self.rank = rank
        self.alpha = alpha
        self.targets = .names(targets)
        self.usesRankStabilizedScale = usesRankStabilizedScale
    }
}

/// One linear layer that has an adapter: output += scale · B(A(input)), A [rank, inputs], B [outputs, rank].
public struct AdapterTarget: Sendable, Equatable {
    /// The linear layer, for example `model.layers.0.self_attn.q_proj`.
    public let layer: ModelConfiguration.LinearLayer
    /// The rank.
    public let rank: Int
    /// What the product is multiplied with.
    public let scale: Double

    /// The name of A [rank, inputs] in a PEFT file.
    public var downName: String { "base_model.model.\(layer.module).lora_A.weight" }
    /// The name of B [outputs, rank] in a PEFT file.
    public var upName: String { "base_model.model.\(layer.module).lora_B.weight" }
    /// The shape of A.
    public var downShape: [Int] { [rank, layer.inputSize] }
    /// The shape of B.
    public var upShape: [Int] { [layer.outputSize, rank] }
}

extension AdapterConfiguration {
    /// The adapted layers of a model in the order of computation. Throws `ModelFailure.usage` naming a target that matches no
    /// linear layer, or an expression that cannot be read.
    public func adapterTargets(in model: ModelConfiguration) throws -> [AdapterTarget] {
        let layers = (0..<model.layerCount).flatMap { model.linearLayers(of: $0) }
        let chosen: [ModelConfiguration.LinearLayer]
        switch targets {
        case .allLinear: chosen = layers
        case .names(let names):
            for name in names where !layers.contains(where: { AdapterConfiguration.ends($0.module, with: name) }) {
                throw noMatch(name, model)
            }
            chosen = layers.filter { layer in names.contains { AdapterConfiguration.ends(layer.module, with: $0) } }
        case .pattern(let pattern):
            let expression = try AdapterConfiguration.expression(pattern)
            chosen = layers.filter { (try? expression.wholeMatch(in: $0.module)) != nil }
            if chosen.isEmpty { throw noMatch(pattern, model) }
        }
        if chosen.isEmpty {
            throw ModelFailure.usage(subject: "adapter targets", expected: "at least one module name", found: "none")
        }
        let ranks = try rankExceptions.map { (try AdapterConfiguration.suffixExpression($0.pattern), $0.value) }
        let alphas = try alphaExceptions.map { (try AdapterConfiguration.suffixExpression($0.pattern), $0.value) }
        return chosen.map { layer in
            let rank = ranks.first { (try? $0.0.prefixMatch(in: layer.module)) != nil }.map { Int($0.1) } ?? rank
            let alpha = alphas.first { (try? $0.0.prefixMatch(in: layer.module)) != nil }?.1 ?? alpha
            let divisor = usesRankStabilizedScale ? Double(rank).squareRoot() : Double(rank)
            return AdapterTarget(layer: layer, rank: rank, scale: alpha / divisor)
        }
    }

    private static func ends(_ module: String, with name: String) -> Bool {
        module == name || module.hasSuffix("." + name)
    }

    private func noMatch(_ target: String, _ model: ModelConfiguration) -> ModelFailure {
        let known = model.linearLayers(of: 0).map { PathOfModule.lastComponent($0.module) }.joined(separator: ", ")
        return .usage(
            subject: "adapter target \(target)", expected: "the name of a linear layer (\(known))",
            found: "no such layer")
    }

    private static func expression(_ pattern: String) throws -> Regex<AnyRegexOutput> {
        do { return try Regex(pattern) } catch {
            throw ModelFailure.usage(
                subject: "adapter target \(pattern)", expected: "a regular expression", found: "one that cannot be read"
            )
        }
    }

    /// PEFT looks for its exceptions with `re.match(r"(.*\.)?(pattern)$", module)`.
    private static func suffixExpression(_ pattern: String) throws -> Regex<AnyRegexOutput> {
        try expression("(.*\\.)?(\(pattern))$")
    }
}

/// Paths of modules: components with dots between them.
enum PathOfModule {
    static func lastComponent(_ module: String) -> String {
        String(
            module[
                (module.utf8.lastIndex(of: UInt8(ascii: ".")).map { module.utf8.index(after: $0) } ?? module.startIndex)...
            ])
    }
}

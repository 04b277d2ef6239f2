import ArgumentParser
import Packing

/// Values of flags that say how tokens are packed.
enum PackingChoice {
    static func strategy(_ text: String?) throws -> PackingStrategy? {
        try value(text, "--strategy", PackingStrategy.allCases.map(\.rawValue), PackingStrategy.init(rawValue:))
    }

    static func separator(_ text: String?) throws -> SeparatorPolicy? {
        try value(text, "--separator", SeparatorPolicy.allCases.map(\.rawValue), SeparatorPolicy.init(rawValue:))
    }

    static func tail(_ text: String?) throws -> TailPolicy? {
        try value(text, "--tail", TailPolicy.allCases.map(\.rawValue), TailPolicy.init(rawValue:))
    }

    private static func value<Value>(
        _ text: String?, _ name: String, _ known: [String], _ make: (String) -> Value?
    ) throws -> Value? {
        guard let text else { return nil }
        guard let value = make(text) else {
            throw ValidationError("\(name): expected \(known.joined(separator: ", ")), found \(text)")
        }
        return value
    }

    static func check(length: Int?, blocksPerShard: Int?, level: Int?) throws {
        if let length, length < 1 || length > PackingOptions.longestBlock {
            throw ValidationError("--length: expected 1 to \(PackingOptions.longestBlock) tokens, found \(length)")
        }
        if let blocksPerShard, blocksPerShard < 1 || blocksPerShard > 1 << 20 {
            throw ValidationError("--blocks-per-shard: expected 1 to \(1 << 20), found \(blocksPerShard)")
        }
        if let level, level < 1 || level > 22 {
            throw ValidationError("--level: expected a zstd level from 1 to 22, found \(level)")
        }
    }
}

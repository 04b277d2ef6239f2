import Files
import Packing
import Shards

extension PackingOptions {
    /// What an index says of packing beside length and separators.
    var indexAttributes: [String: JSONValue] {
        strategy == .concatenate ? [:] : [BlockSchema.packStrategy: .string(strategy.rawValue)]
    }
}

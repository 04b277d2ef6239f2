internal import Files

extension MDSCompression {
    /// What the configuration inside an uncompressed shard says of compression; nil where the bytes are no shard.
    public init?(ofShard raw: [UInt8]) {
        func word(_ place: Int) -> Int {
            (0..<4).reduce(0) { $0 | Int(raw[place + $1]) << (8 * $1) }
        }
        guard raw.count >= 8 else { return nil }
        let start = 4 + 4 * (word(0) + 1)
        let end = word(4)
        guard start <= end, end <= raw.count,
            let configuration = try? JSONValue(parsing: Array(raw[start..<end]), name: "configuration"),
            configuration["format"] == .string(MDSLayout.format)
        else { return nil }
        switch configuration["compression"] {
        case .null?: self = .uncompressed
        case .string(let text)?:
            guard let known = MDSCompression(text) else { return nil }
            self = known
        default: return nil
        }
    }
}

public import Files
public import Tokenization

/// What new tokens bring on the texts they were learnt from: bytes per token after each hundred of them.
public struct VocabularyGrowth: Sendable {
    /// After so many new tokens.
    public struct Point: Sendable, Equatable {
        /// New tokens.
        public let added: Int
        /// Tokens that the texts take.
        public let tokens: Int
        /// Bytes of the texts for each of them.
        public let bytesPerToken: Double
    }

    /// From none to all.
    public let points: [Point]
    private let name: String
    private let bytes: Int

    /// The growth of an extended vocabulary, in steps of `step` tokens.
    public init(_ vocabulary: ExtendedVocabulary, name: String, step: Int = 100) {
        self.name = name
        bytes = vocabulary.bytes
        points = vocabulary.curve(step: step).map {
            Point(
                added: $0.added, tokens: $0.tokens,
                bytesPerToken: $0.tokens == 0 ? 0 : Double(vocabulary.bytes) / Double($0.tokens))
        }
    }

    /// Bytes per token gained for each hundred tokens between two points.
    private func gain(_ index: Int) -> Double {
        let added = points[index].added - points[index - 1].added
        return added == 0 ? 0 : (points[index].bytesPerToken - points[index - 1].bytesPerToken) * 100 / Double(added)
    }

    /// At most some twenty rows, the last always among them.
    private func rows() -> [[String]] {
        let stride = max(1, (points.count + 19) / 20)
        return points.indices.filter { $0 % stride == 0 || $0 == points.count - 1 }.map { index in
            [
                NumberText.count(points[index].added), NumberText.count(points[index].tokens),
                NumberText.decimal(points[index].bytesPerToken, 3),
                index == 0 ? "–" : NumberText.decimal(gain(index), 4),
            ]
        }
    }

    private static let header = ["new tokens", "tokens", "bytes/token", "gain per 100 new"]

    /// A table for the terminal.
    public var text: String {
        var table = TextTable(VocabularyGrowth.header.map { ($0, .right) })
        for row in rows() { table.add(row) }
        return table.text
    }

    /// All points.
    public var json: JSONValue {
        .array(
            points.indices.map { index in
                .object([
                    "added": .integer(points[index].added), "tokens": .integer(points[index].tokens),
                    "bytes_per_token": .double(points[index].bytesPerToken),
                    "gained_per_100": .double(index == 0 ? 0 : gain(index)),
                ])
            })
    }

    /// One HTML file with the curve.
    public var html: String {
        let chart = LineChart(
            title: "Bytes per token by new tokens", points: points.map { ($0.added, $0.bytesPerToken) },
            horizontal: "new tokens", vertical: "bytes per token", label: { NumberText.decimal($0, 3) })
        let first = points.first?.bytesPerToken ?? 0
        let last = points.last?.bytesPerToken ?? 0
        return ReportPage.html(
            "Extended vocabulary", name,
            [
                (
                    "Bytes per token by new tokens",
                    chart.html + HTMLText.table(VocabularyGrowth.header, rows(), textColumns: 0)
                )
            ],
            tiles: [
                ("new tokens", NumberText.count(points.last?.added ?? 0)), ("text", NumberText.bytes(bytes)),
                ("bytes per token before", NumberText.decimal(first, 3)),
                ("bytes per token after", NumberText.decimal(last, 3)),
            ])
    }
}

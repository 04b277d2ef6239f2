/// A version such as `18.5.0`, ordered by its numbers.
public struct SpecificationVersion: Sendable, Hashable, Comparable {
    /// The numbers as they are written, the most significant first.
    public let numbers: [Int]

    /// The version that a text names; nil unless it is numbers with dots between, with or without a `v` before.
    public init?(_ text: String) {
        var numbers: [Int] = []
        let digits = text.hasPrefix("v") || text.hasPrefix("V") ? text.dropFirst() : text[...]
        for part in digits.split(separator: ".", omittingEmptySubsequences: false) {
            guard part.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int(part) else { return nil }
            numbers.append(number)
        }
        if numbers.isEmpty { return nil }
        self.numbers = numbers
    }

    /// As it is written: numbers with dots between.
    public var text: String { numbers.map { "\($0)" }.joined(separator: ".") }

    /// The numbers without zeros at the end: `18.5.0` and `18.5` are one version.
    private var significant: ArraySlice<Int> { numbers[...(numbers.lastIndex { $0 != 0 } ?? 0)] }

    /// By the first number that differs; a missing one counts as 0.
    public static func < (left: SpecificationVersion, right: SpecificationVersion) -> Bool {
        left.significant.lexicographicallyPrecedes(right.significant)
    }

    /// Whether all numbers are the same; a missing one counts as 0.
    public static func == (left: SpecificationVersion, right: SpecificationVersion) -> Bool {
        left.significant == right.significant
    }

    /// Equal versions hash alike.
    public func hash(into hasher: inout Hasher) { hasher.combine(significant) }
}

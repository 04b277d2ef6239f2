import Glibc

/// How far two distributions over the same bins are apart.
enum Divergence {
    /// Jensen and Shannon's divergence in bits: 0 for equal shares, 1 where nothing is in common (Lin 1991). Nil where one side is empty.
    static func jensenShannon(_ first: [Int], _ second: [Int]) -> Double? {
        let sums = (Double(first.reduce(0, +)), Double(second.reduce(0, +)))
        if sums.0 <= 0 || sums.1 <= 0 { return nil }
        var bits = 0.0
        for bin in 0..<max(first.count, second.count) {
            let one = bin < first.count ? Double(first[bin]) / sums.0 : 0
            let other = bin < second.count ? Double(second[bin]) / sums.1 : 0
            let middle = (one + other) / 2
            if one > 0 { bits += one * log2(one / middle) / 2 }
            if other > 0 { bits += other * log2(other / middle) / 2 }
        }
        return min(max(bits, 0), 1)
    }

    /// The population stability index, Σ (q − p) ln (q / p): below 0.1 little has moved, above 0.25 much has. A bin that one side leaves
    /// empty counts as half a one there. Nil where one side is empty.
    static func populationStability(_ first: [Int], _ second: [Int]) -> Double? {
        let sums = (first.reduce(0, +), second.reduce(0, +))
        if sums.0 <= 0 || sums.1 <= 0 { return nil }
        var index = 0.0
        for bin in 0..<max(first.count, second.count) {
            let one = bin < first.count ? first[bin] : 0
            let other = bin < second.count ? second[bin] : 0
            if one == 0 && other == 0 { continue }
            let p = max(Double(one), 0.5) / Double(sums.0)
            let q = max(Double(other), 0.5) / Double(sums.1)
            index += (q - p) * log(q / p)
        }
        return index
    }
}

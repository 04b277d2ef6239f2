import Parallel

/// Texts of invented words, some of them changed copies of others.
enum PlantedTexts {
    static func words(_ count: Int, _ random: inout SeededRandom) -> [String] {
        (0..<count).map { _ in "w\(random.nextInt(below: 3000))" }
    }

    /// `count` texts of at most `length` words; about every third is a copy of an earlier one in which some words are changed.
    static func make(_ count: Int, length: Int, seed: UInt64) -> [String] {
        var random = SeededRandom(seed: seed)
        var texts: [[String]] = []
        for index in 0..<count {
            if index > 0, random.nextInt(below: 3) == 0 {
                var copy = texts[random.nextInt(below: texts.count)]
                let changes = random.nextInt(below: 6)
                for _ in 0..<changes where !copy.isEmpty {
                    copy[random.nextInt(below: copy.count)] = "x\(random.nextInt(below: 1000))"
                }
                if random.nextInt(below: 4) == 0 { copy.removeLast(copy.count / 20) }
                texts.append(copy)
            } else {
                texts.append(words(random.nextInt(below: length), &random))
            }
        }
        return texts.map { $0.joined(separator: " ") }
    }
}

/// The plain way: shingles as sets of texts, every pair compared.
enum SlowDuplicates {
    /// As Python would: `{" ".join(w[i:i+n]) for i in range(max(1, len(w)-n+1))}`.
    static func shingles(_ words: [String], _ size: Int) -> Set<String> {
        Set((0..<max(1, words.count - size + 1)).map { words[$0..<min(words.count, $0 + size)].joined(separator: " ") })
    }

    static func jaccard(_ left: Set<String>, _ right: Set<String>) -> Double {
        let common = left.intersection(right).count
        return Double(common) / Double(left.count + right.count - common)
    }

    static func similarities(_ texts: [String], size: Int) -> [[Double]] {
        let sets = texts.map { shingles($0.split(separator: " ").map(String.init), size) }
        return sets.map { set in sets.map { jaccard(set, $0) } }
    }

    /// Connected documents among those whose pairs are `linked`.
    static func clusters(_ count: Int, linked: (Int, Int) -> Bool) -> [[Int]] {
        var label = Array(0..<count)
        for one in 0..<count {
            for other in 0..<one where linked(other, one) && label[one] != label[other] {
                let (old, new) = (max(label[one], label[other]), min(label[one], label[other]))
                for index in 0..<count where label[index] == old { label[index] = new }
            }
        }
        return Set(label).sorted().map { root in label.indices.filter { label[$0] == root } }.filter { $0.count > 1 }
    }
}

import Glibc

/// How near duplicates are looked for: MinHash with locality-sensitive hashing (Broder 1997; Leskovec, Rajaraman and Ullman, *Mining of
/// Massive Datasets*, chapter 3).
public struct MinHashOptions: Sendable, Hashable {
    /// Bands of a signature: two documents are a candidate pair where all rows of one band are equal.
    public var bands: Int
    /// MinHashes of one band.
    public var rows: Int
    /// Jaccard similarity of two sets of shingles from which on they are near duplicates.
    public var threshold: Double
    /// What a shingle is.
    public var shingles: ShingleUnit
    /// Chooses the hash functions; signatures of different seeds cannot be compared.
    public var seed: UInt64
    /// Whether candidates are compared by their exact similarity. Without it every candidate is taken for a near duplicate.
    public var verifies: Bool

    /// 14 bands of 8 rows over shingles of five words, near duplicates from 0.8 on.
    public init(
        bands: Int = 14, rows: Int = 8, threshold: Double = 0.8, shingles: ShingleUnit = .words(5), seed: UInt64 = 0,
        verifies: Bool = true
    ) {
        self.bands = bands
        self.rows = rows
        self.threshold = threshold
        self.shingles = shingles
        self.seed = seed
        self.verifies = verifies
    }

    /// Most bands and most rows that are accepted: more would be a slip of the keyboard.
    public static let mostBandsOrRows = 1024

    /// One line that says what is wrong with the options; nil where nothing is. `name` turns `bands`, `rows` and `threshold` into what the
    /// user wrote.
    public func problem(_ name: (String) -> String = { $0 }) -> String? {
        let most = MinHashOptions.mostBandsOrRows
        if bands < 1 || bands > most { return "\(name("bands")): expected 1 to \(most), found \(bands)" }
        if rows < 1 || rows > most { return "\(name("rows")): expected 1 to \(most), found \(rows)" }
        if !(threshold > 0 && threshold <= 1) {
            return "\(name("threshold")): expected a similarity above 0 and up to 1, found \(threshold)"
        }
        return nil
    }

    /// The probability that two documents of similarity `jaccard` become a candidate pair: 1 - (1 - j^rows)^bands.
    public func probability(ofCandidateAt jaccard: Double) -> Double {
        // log1p and expm1 keep the digits of small probabilities and of small misses.
        let band = pow(jaccard, Double(rows))
        if band >= 1 { return 1 }
        return -expm1(Double(bands) * log1p(-band))
    }

    /// The expected share of pairs at or above the threshold that no band finds, for similarities spread evenly from there to 1.
    public var expectedMissRate: Double { meanProbability(from: threshold, to: 1) { 1 - $0 } }

    /// The expected share of pairs below the threshold that become candidates all the same, for similarities spread evenly below it:
    /// what verification has to look at in vain.
    public var expectedVainRate: Double { meanProbability(from: 0, to: threshold) { $0 } }

    private func meanProbability(from low: Double, to high: Double, _ value: (Double) -> Double) -> Double {
        if low >= high { return value(probability(ofCandidateAt: high)) }
        let steps = 2000
        var sum = 0.0
        for step in 0..<steps {
            let jaccard = low + (high - low) * (Double(step) + 0.5) / Double(steps)
            sum += value(probability(ofCandidateAt: jaccard))
        }
        return sum / Double(steps)
    }
}

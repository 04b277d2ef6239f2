import Packing
import Testing

@Suite struct SelectionTests {
    static let keys = (0..<20_000).map { "23.\($0)" }

    @Test func aFamilyStaysWhereItIsAndTheShareHolds() {
        let split = FamilySplit(validationShare: 0.05, seed: 42)
        let share = Double(Self.keys.filter(split.isValidation(familyKey:)).count) / Double(Self.keys.count)
        #expect(abs(share - 0.05) < 0.006)
        let other = FamilySplit(validationShare: 0.05, seed: 43)
        #expect(Self.keys.contains { split.isValidation(familyKey: $0) != other.isValidation(familyKey: $0) })
        // A larger share keeps every family that a smaller one had.
        let larger = FamilySplit(validationShare: 0.1, seed: 42)
        #expect(Self.keys.filter(split.isValidation(familyKey:)).allSatisfy(larger.isValidation(familyKey:)))
    }

    @Test func theEndsOfTheShareAreNoneAndAll() {
        for (share, expected) in [(0.0, false), (-1, false), (.nan, false), (1, true), (7, true)] {
            let split = FamilySplit(validationShare: share, seed: 1)
            #expect(Self.keys.prefix(500).allSatisfy { split.isValidation(familyKey: $0) == expected })
        }
    }

    /// Fixed answers: a change of the hash would silently move documents between splits of data sets that grow.
    @Test func theChoiceIsTheSameForEver() {
        let split = FamilySplit(validationShare: 0.25, seed: 42)
        #expect((0..<24).filter { split.isValidation(familyKey: "family \($0)") } == [3, 4, 7, 10, 12, 22])
    }

    @Test func weightsAreWholeNumbersAndAFraction() throws {
        for (weight, low, high) in [(0.0, 0, 0), (0.25, 0, 1), (1, 1, 1), (2.5, 2, 3)] {
            let source = try SourceWeight(weight, seed: 5)
            let copies = Self.keys.map(source.copies(ofDocument:))
            #expect(copies.allSatisfy { $0 == low || $0 == high })
            #expect(abs(Double(copies.reduce(0, +)) / Double(copies.count) - weight) < 0.015)
        }
    }

    @Test(arguments: [-0.1, .infinity, .nan, 1e7])
    func senselessWeightsAreRefused(weight: Double) {
        #expect(throws: PackingFailure.self) { try SourceWeight(weight, seed: 1) }
    }

    @Test func packingAgainstTruncation() {
        var statistic = PackVersusTruncate(tokenCounts: [10, 0, 3], length: 4)
        #expect(statistic.blocksTruncated == 2 && statistic.blocksPacked == 4)
        #expect(statistic.tokensLost == 6 && statistic.paddingTruncated == 1)
        #expect(statistic.fillTruncated == 7.0 / 8 && statistic.shareLost == 6.0 / 13)
        statistic.merge(PackVersusTruncate(tokenCounts: [1], length: 4))
        #expect(statistic.documents == 3 && statistic.tokens == 14)
        #expect(PackVersusTruncate(length: 4).shareLost == 0)
    }
}

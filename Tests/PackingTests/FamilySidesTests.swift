import Testing

@testable import Packing

@Suite struct FamilySidesTests {
    let split = FamilySplit(validationShare: 0.3, seed: 7)

    func sides(_ keys: [String], links: [(Int, Int)] = [], largestShare: Double = 1) -> FamilySides {
        FamilySides(
            keys: keys, tokens: keys.map { _ in 10 }, links: links, split: split, largestShare: largestShare)
    }

    /// The first keys of each side.
    var validation: [String] { (0..<100).map { "k\($0)" }.filter(split.isValidation(familyKey:)) }
    var train: [String] { (0..<100).map { "k\($0)" }.filter { !split.isValidation(familyKey: $0) } }

    @Test func aFamilyIsWhereItsKeySays() {
        let keys = (0..<200).map { "k\($0 % 50)" }
        let all = sides(keys)
        for (key, side) in zip(keys, all.sides) {
            #expect(side == (split.isValidation(familyKey: key) ? .validation : .train))
        }
        #expect(all.mergers.isEmpty && all.oversized.isEmpty)
        #expect(Set(all.families).count == 50)
    }

    @Test func validationStaysAndTrainingLeavesWhereFamiliesBecomeOne() {
        let keys = [train[0], validation[0], train[1], train[2], validation[1]]
        let merged = sides(keys, links: [(2, 1), (0, 2)])
        #expect(merged.sides == [.leavesTraining, .validation, .leavesTraining, .train, .validation])
        #expect(
            merged.mergers == [
                FamilySides.Merger(
                    families: [train[0], train[1], validation[0]].sorted(), leftTraining: 2)
            ])
        #expect(merged.families == [0, 0, 0, 3, 4])
        // The order of the links changes nothing.
        #expect(sides(keys, links: [(0, 2), (1, 2), (1, 0)]) == merged)
    }

    /// Growth: what is in validation of a part of a corpus is never in training of the whole.
    @Test func nothingOfValidationMovesToTrainingAsACorpusGrows() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            let keys = (0..<60).map { _ in "k\(Int.random(in: 0..<40, using: &random))" }
            let links = (0..<20).map { _ in
                (Int.random(in: 0..<60, using: &random), Int.random(in: 0..<60, using: &random))
            }
            let whole = sides(keys, links: links)
            let part = sides(Array(keys.prefix(30)), links: links.filter { $0.0 < 30 && $0.1 < 30 })
            for (before, after) in zip(part.sides, whole.sides) {
                if before == .validation { #expect(after == .validation) }
                if before == .train { #expect(after != .validation) }
                if before == .leavesTraining { #expect(after == .leavesTraining) }
            }
            // No family has members on both sides.
            for family in Set(whole.families) {
                let of = zip(whole.families, whole.sides).filter { $0.0 == family }.map(\.1)
                #expect(!(of.contains(.train) && of.contains(.validation)))
            }
        }
    }

    @Test func aFamilyAboveTheShareGoesToTraining() {
        let keys = [validation[0], validation[0], validation[0], train[0], train[1], validation[1]]
        let all = sides(keys, largestShare: 0.4)
        #expect(all.sides == [.train, .train, .train, .train, .train, .validation])
        #expect(all.oversized == [FamilySides.Oversized(families: [validation[0]], tokens: 30)])
        #expect(sides(keys).oversized.isEmpty)
    }
}

import Files
import Shards
import Testing

@Suite struct DataOrderTests {
    @Test func everyEpochIsAPermutationOfItsOwn() throws {
        var order = try DataOrder(count: 37, seed: 9)
        var epochs: [[Int]] = []
        for epoch in 0..<3 {
            #expect(order.epoch == epoch && order.position == 0)
            epochs.append((0..<37).compactMap { _ in order.next() })
            #expect(epochs[epoch].sorted() == Array(0..<37))
        }
        #expect(Set(epochs).count == 3)
        var other = try DataOrder(count: 37, seed: 10)
        #expect((0..<37).compactMap { _ in other.next() } != epochs[0])
    }

    @Test func itResumesExactlyFromItsJSON() throws {
        var order = try DataOrder(count: 10, seed: .max)
        for _ in 0..<27 { _ = order.next() }
        var resumed = try DataOrder(json: JSONValue(parsing: order.json.encoded(), name: "order"), count: 10)
        #expect(resumed == order && resumed.epoch == 2 && resumed.position == 7)
        for _ in 0..<30 { #expect(resumed.next() == order.next()) }
    }

    /// Ranks that take every n-th block see together what one rank sees alone.
    @Test func lookingAheadAndAdvancingAgreeWithTakingOneByOne() throws {
        var single = try DataOrder(count: 7, seed: 4)
        var shared = try DataOrder(count: 7, seed: 4)
        for _ in 0..<9 {
            for rank in 0..<3 { #expect(shared.block(ahead: rank) == single.next()) }
            shared.advance(by: 3)
            #expect(shared == single)
        }
    }

    @Test func aStateOfAnotherDataSetIsRefused() throws {
        let json = try DataOrder(count: 10, seed: 1, epoch: 1, position: 3).json
        #expect(throws: ShardFailure.self) { try DataOrder(json: json, count: 11) }
        #expect(throws: ShardFailure.self) { try DataOrder(json: ["seed": "1"], count: 10) }
        #expect(throws: ShardFailure.self) { try DataOrder(count: 10, seed: 1, position: 10) }
        #expect(throws: ShardFailure.self) { try DataOrder(count: 10, seed: 1, epoch: -1) }
    }

    @Test func noBlocksGiveNone() throws {
        var order = try DataOrder(count: 0, seed: 1)
        #expect(order.next() == nil && order.block(ahead: 0) == nil && order.epoch == 0)
    }
}

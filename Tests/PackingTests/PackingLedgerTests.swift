import Files
import Packing
import Testing

@Suite struct PackingLedgerTests {
    static func sample() throws -> PackingLedger {
        try BlockLayout(
            tokenCounts: [5, 6], options: PackingOptions(length: 4, separator: .eos, tail: .drop, endToken: 1)
        ).ledger
    }

    @Test func survivesJSON() throws {
        let ledger = try Self.sample()
        #expect(ledger.dropped == [PackingLedger.tailRule: 1])
        #expect(try PackingLedger(json: JSONValue(parsing: ledger.json.encoded(), name: "ledger")) == ledger)
    }

    @Test func aPlantedLossOpensIt() throws {
        var ledger = try Self.sample()
        #expect(ledger.isClosed)
        ledger.blocks -= 1
        #expect(!ledger.isClosed && ledger.imbalance == 4)
    }

    @Test func mergingKeepsItClosed() throws {
        var ledger = try Self.sample()
        ledger.merge(try Self.sample())
        #expect(ledger.isClosed && ledger.blocks == 6 && ledger.dropped["tail"] == 2)
    }

    @Test(arguments: ["blocks", "document_tokens", "dropped", "length", "padding", "separators"])
    func aMissingMemberIsNamed(member: String) throws {
        var members = try Self.sample().json.members ?? [:]
        members[member] = nil
        #expect(throws: PackingFailure.malformedLedger(member: member)) { try PackingLedger(json: .object(members)) }
    }
}

import Files
import TestSupport
import Testing

@testable import Building

@Suite struct PartitionTests {
    static let stamp = try! FileStamp("/")

    func inputs(_ names: [String], source: Int = 0) -> [PlannedInput] {
        names.map {
            PlannedInput(
                source: source, path: "/\($0)", relativePath: $0, bytes: 100 + $0.utf8.count * 37, sha256: $0,
                stamp: PartitionTests.stamp)
        }
    }

    @Test(arguments: [1, 300, 5000, 1 << 40]) func partitionsCoverEveryInputOnceAndNeverCrossSources(mean: Int) {
        let all = inputs((0..<400).map { "file-\($0).txt" }) + inputs((0..<50).map { "other-\($0).txt" }, source: 1)
        let partitions = Partition.cut(all, meanBytes: mean)
        #expect(partitions.flatMap { Array($0.inputs) } == Array(0..<450))
        for partition in partitions {
            #expect(Set(all[partition.inputs].map(\.source)).count == 1)
            #expect(partition.bytes == all[partition.inputs].reduce(0) { $0 + $1.bytes })
        }
    }

    @Test(arguments: [1, 300, 5000]) func partsOfOneSpecificationStayTogether(mean: Int) {
        let names = (0..<40).flatMap { spec in (1...5).map { "385\(10 + spec)-i11_s0\($0).docx" } }
        let all = inputs(names)
        for partition in Partition.cut(all, meanBytes: mean) {
            #expect(partition.inputs.lowerBound % 5 == 0 && partition.inputs.upperBound % 5 == 0)
        }
    }

    @Test func aNewFileMovesFewBoundaries() {
        let names = (0..<500).map { "spec-\($0 * 7919 % 1000).docx" }.sorted(by: precedesInByteOrder)
        func groups(_ names: [String]) -> Set<[String]> {
            let all = inputs(names)
            return Set(Partition.cut(all, meanBytes: 5000).map { all[$0.inputs].map(\.relativePath) })
        }
        let before = groups(names)
        let after = groups((names + ["spec-5005.docx"]).sorted(by: precedesInByteOrder))
        #expect(before.subtracting(after).count <= 2)
        #expect(before.count > 20)
    }
}

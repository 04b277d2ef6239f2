import Files
import Readers
import TestSupport
import Testing

@testable import Building

@Suite struct PartitionTests {
    func inputs(_ names: [String], source: Int = 0) -> [PlannedInput] {
        names.map {
            PlannedInput(source: source, path: "/\($0)", relativePath: $0, bytes: 100 + $0.utf8.count * 37, sha256: $0)
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

    @Test func recipeValuesAreReadWithTheirUnits() throws {
        func recipe(_ more: String) throws -> Recipe {
            try Recipe(yaml: "sources: [{name: a, path: x}]\ntokenizer: t\n\(more)\n", file: "r.yaml")
        }
        #expect(try recipe("read: {max_document_bytes: 3MB}").read.maximumDocumentBytes == 3_000_000)
        #expect(try recipe("build: {partition_bytes: 2MiB}").partitionBytes == 2 << 20)
        #expect(try recipe("split: {validation: 2.5%}").validationShare == 0.025)
        #expect(try recipe("shards: {compression: \"zstd:19\"}").compressionLevel == 19)
        #expect(try recipe("").meaning == recipe("build: {partition_bytes: 9MB}").meaning)
        #expect(try recipe("").meaning != recipe("seed: 43").meaning)
        for wrong in [
            "pack: {length: 1}", "pack: {strategy: best-fit}", "read: {max_unreadable: 120%}",
            "clean: {profil: standards}",
            "shards: {blocks: 9223372036854775807}", "build: {partition_bytes: 99999999999GB}", "dedupe: {minhash: {}}",
            "pack: {separator: sep}", "tokenize: {specials: maybe}", "shards: {compression: lz4}", "[", "seed: -1",
        ] {
            #expect(throws: BuildFailure.self, "\(wrong)") { try recipe(wrong) }
        }
    }

    @Test func damagedTokenArtefactsAreNamed() throws {
        let folder = TemporaryFolder()
        let path = TokenArtefact.path(folder.path, "key")
        try TokenArtefact.write(
            to: path, ids: [1, 2, 3, 70_000, 5], counts: [3, 0, 2], specials: [0, 0, 1], droppedBytes: 4, width: 4)
        let whole = try TokenArtefact(folder: folder.path, key: "key")
        let target = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: 2)
        defer { target.deallocate() }
        whole.copy(document: 2, range: 0..<2, into: target)
        #expect(Array(target) == [70_000, 5] && whole.counts == [3, 0, 2] && whole.droppedBytes == 4)
        let bytes = try FileByteStream(path).readAll(limit: 1 << 20)
        for cut in 0..<bytes.count {
            folder.write(Array(bytes[..<cut]), to: "key.tokens")
            #expect(throws: BuildFailure.self) { try TokenArtefact(folder: folder.path, key: "key") }
        }
    }
}

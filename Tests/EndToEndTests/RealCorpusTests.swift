import Files
import Glibc
import TestSupport
import Testing

/// One recipe over real specifications, meeting documents, English and Chinese: bytes, peers, kills.
@Suite(.enabled(if: TestData.isPresent, "needs the real documents: SHARDMILL_TEST_DATA"), .serialized)
struct RealCorpusTests {
    let folder = TemporaryFolder()

    func recipe(partition: String = "4MB") -> String {
        folder.write(
            """
            name: real
            sources:
              - {name: specs, path: "\(TestData.path("3gpp-docx"))/**/*.docx"}
              - {name: tdocs, path: "\(TestData.path("3gpp-tdocs"))"}
              - {name: flat, path: "\(TestData.path("flat-opc"))"}
              - {name: english, path: "\(TestData.path("text-en"))"}
              - {name: chinese, path: "\(TestData.path("zh-classical"))"}
            tokenizer: \(TestData.path("tokenizers/qwen2.5"))
            read: {max_unreadable: 5%}
            build: {partition_bytes: \(partition)}
            """, to: "real-\(partition).yaml")
    }

    @Test func bytesPeersAndKills() throws {
        let whole = folder("whole")
        let built = try Tool.run(["build", recipe(), "--output", whole, "--threads", "2", "--json"])
        #expect(built.status == 0, "\(built.error)")
        let manifest = try built.json
        let expected = try Tool.digest(of: whole)

        // What could not be read is counted and named with a reason.
        let rejections = try Tool.lines(of: whole + "/rejected/part-00000.jsonl.zst")
        #expect(rejections.count == manifest["rejected"]?.members?.values.compactMap(\.int).reduce(0, +))
        for rejection in rejections {
            #expect(rejection["path"]?.string?.isEmpty == false)
            #expect(rejection["value"]?.string?.isEmpty == false)
        }
        // The flat OPC files are the same documents once more.
        #expect(
            rejections.filter { $0["rule"]?.string == "exact-duplicate" && $0["source"]?.string == "flat" }.count == 5)
        #expect(try Tool.run(["validate", whole]).status == 0)

        for (threads, partition) in [(1, "4MB"), (5, "4MB"), (2, "300kB")] {
            let other = folder("other")
            try Folder.remove(other)
            let again = try Tool.run([
                "build", recipe(partition: partition), "--output", other, "--threads", "\(threads)",
            ])
            #expect(again.status == 0, "\(again.error)")
            #expect(try Tool.digest(of: other) == expected, "\(threads) threads, partitions of \(partition)")
        }

        if let python = ExternalPython.streaming {
            let check = try ExternalPython.run(
                python,
                [
                    TestData.repository + "/tools/parity/check_corpus.py", whole,
                    TestData.path("tokenizers/qwen2.5/tokenizer.json"),
                ])
            let result = try JSONValue(parsing: Array(check.utf8), name: "check_corpus.py")
            #expect(result["wrong"]?.items?.isEmpty == true, "\(check)")
            #expect(result["blocks"]?["train"]?.int == manifest["splits"]?["train"]?["blocks"]?.int)
            #expect(result["blocks"]?["validation"]?.int == manifest["splits"]?["validation"]?["blocks"]?.int)
            #expect(result["documents"]?.int ?? 0 > 1000)
        }

        // Killed at ten moments, run again each time.
        let killed = folder("killed")
        let changes = (0..<10).map { _ in Int.random(in: 1...6) }
        let hits = try changes.count {
            try Tool.kill(["build", recipe(), "--output", killed, "--quiet"], after: $0, in: killed)
        }
        #expect(hits >= 3, "kills that met a build at work, after changes \(changes)")
        let last = try Tool.run(["build", recipe(), "--output", killed])
        #expect(last.status == 0, "\(last.error)")
        #expect(try Tool.digest(of: killed) == expected, "killed after changes \(changes)")
    }
}

/// The interpreter that has mosaicml-streaming, named by the test script.
enum ExternalPython {
    static var streaming: String? { getenv("SHARDMILL_STREAMING_PYTHON").map { String(cString: $0) } }
    static var parity: String? { getenv("SHARDMILL_PARITY_PYTHON").map { String(cString: $0) } }

    /// Standard output of a script that must succeed; its last line.
    static func run(_ python: String, _ arguments: [String]) throws -> String {
        let result = try Tool.Running(arguments, executable: python, input: nil, environment: [:]).wait()
        #expect(result.status == 0, "\(arguments[0]): \(result.error.suffix(2000))")
        return result.output.split(separator: "\n").last.map(String.init) ?? ""
    }
}

import Files
import TestSupport
import Testing

/// The import graph of the sources, the one of Package.swift and the table of docs/architecture.md are the same.
@Suite struct ImportGraphTests {
    static func text(_ path: String) throws -> String {
        String(
            decoding: try FileByteStream(TestData.repository + "/" + path).readAll(limit: 1 << 24), as: UTF8.self)
    }

    /// Module → the modules of ours that its row in docs/architecture.md allows.
    static func documented() throws -> [String: Set<String>] {
        var graph: [String: Set<String>] = [:]
        for line in try text("docs/architecture.md").split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { words($0) }
            guard cells.count >= 2, let module = cells[0].first else { continue }
            graph[module] = Set(cells[cells.count - 1])
        }
        return graph
    }

    /// The words between back quotes.
    static func words(_ text: Substring) -> [String] {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated().compactMap {
            $0.offset % 2 == 1 ? String($0.element) : nil
        }
    }

    @Test func sourcesImportWhatTheTableAllows() throws {
        let graph = try ImportGraphTests.documented()
        let modules = try Folder.names(in: TestData.repository + "/Sources").filter { $0 != "CLibraries" }
        #expect(Set(modules) == Set(graph.keys), "docs/architecture.md lists the modules of Sources")
        for module in modules {
            for file in try Folder.filesBelow(TestData.repository + "/Sources/" + module) where file.hasSuffix(".swift")
            {
                for line in try ImportGraphTests.text("Sources/\(module)/\(file)").split(separator: "\n") {
                    var words = line.split(separator: " ")
                    while let first = words.first, ["public", "internal", "@testable", "private"].contains(first) {
                        words.removeFirst()
                    }
                    guard words.first == "import", words.count == 2 else { continue }
                    let imported = String(words[1])
                    if graph[imported] != nil
                        || imported.hasPrefix("C") && imported.dropFirst().first?.isUppercase == true
                    {
                        #expect(graph[module]!.contains(imported), "\(module)/\(file) imports \(imported)")
                    }
                }
            }
        }
    }

    @Test func packageDeclaresWhatTheTableAllows() throws {
        let graph = try ImportGraphTests.documented()
        let package = try ImportGraphTests.text("Package.swift")
        func quoted(_ text: Substring) -> Set<String> {
            Set(
                text.split(separator: "\"", omittingEmptySubsequences: false).enumerated().compactMap {
                    $0.offset % 2 == 1 ? String($0.element) : nil
                })
        }
        let ground: Set = ["Files", "Parallel", "Documents"]
        let dataHalf = ground.union(["Readers", "Cleaning", "Deduplication", "Tokenization", "Packing", "Shards"])
        for piece in package.components(separatedBy: "+ stage(").dropFirst() {
            var names = quoted(piece)
            guard
                let module = piece.split(separator: "\"", omittingEmptySubsequences: false).dropFirst().first
                    .map(String.init)
            else { continue }
            names.remove(module)
            if piece.contains("ground") { names.formUnion(ground) }
            if piece.contains("dataHalf") { names.formUnion(dataHalf) }
            names.formIntersection(
                Set(graph.keys).union([
                    "CZstd", "CXML2", "COpenBLAS", "CArchive", "CXXHash", "CSimdjson", "CAllocator", "CKernels",
                    "CCLD2", "CFastText",
                ]))
            #expect(names == graph[module], "\(module) in Package.swift and in docs/architecture.md")
        }
    }
}

extension String {
    /// The pieces between occurrences of a separator.
    fileprivate func components(separatedBy separator: String) -> [Substring] {
        var pieces: [Substring] = []
        var rest = self[...]
        while let hit = rest.range(of: separator) {
            pieces.append(rest[..<hit.lowerBound])
            rest = rest[hit.upperBound...]
        }
        return pieces + [rest]
    }
}

extension Substring {
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}

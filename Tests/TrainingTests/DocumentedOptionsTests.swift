import Files
import TestSupport
import Testing

@testable import Training

/// The table of docs/training.md names every option with its default, and nothing else.
@Suite struct DocumentedOptionsTests {
    private struct Row: Equatable {
        let name: String
        let meaning: String
        let unit: String
        let initial: String
    }

    private func rows() throws -> [Row] {
        let text = String(
            decoding: try FileByteStream(TestData.repository + "/docs/training.md").readAll(limit: 1 << 20),
            as: UTF8.self)
        return text.split(separator: "\n").filter { $0.hasPrefix("| `") }.compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmed }
            guard cells.count == 4 else { return nil }
            return Row(
                name: cells[0].filter { $0 != "`" }, meaning: cells[1], unit: cells[2],
                initial: cells[3].filter { $0 != "`" })
        }
    }

    @Test func everyOptionIsThereWithItsDefault() throws {
        var expected: [String: String] = [:]
        for (name, value) in TrainingOptions().json.members ?? [:] {
            guard let inner = value.members else {
                expected[name] = value.string ?? value.text()
                continue
            }
            for (innerName, value) in inner { expected["\(name).\(innerName)"] = value.string ?? value.text() }
        }
        let rows = try rows()
        #expect(Set(rows.map(\.name)).count == rows.count)
        #expect(Set(rows.map(\.name)) == Set(expected.keys))
        for row in rows {
            let initial = row.initial == "none" ? "null" : row.initial
            #expect(initial == expected[row.name], "\(row.name)")
            #expect(row.meaning.count > 10 && !row.unit.isEmpty, "\(row.name)")
        }
    }
}

extension Substring {
    /// Without the spaces at both ends.
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

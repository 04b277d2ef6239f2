import Documents
import Files
import Glibc
import TestSupport
import Testing

@testable import Readers

/// Records of plain text, fields of JSON records, tables, and files cut into parts.
@Suite struct RecordTests {
    private func texts(_ text: String, _ records: TextRecords, limit: Int = 16_000_000) -> [String] {
        var options = ReadOptions()
        options.records = records
        options.maximumDocumentBytes = limit
        let result = ReaderFixture.read(text, name: "a.txt", options: options)
        #expect(result.documents.allSatisfy { $0.ledger.isClosed && $0.ledger.written == unicodeScalarCount($0.text) })
        #expect(Set(result.documents.map(\.id)).count == result.documents.count)
        return result.documents.map { String(decoding: $0.text, as: UTF8.self) }
    }

    @Test func recordsOfPlainText() {
        let text = "\n \nfirst\r\n  second line \n\n\t\n\nthird\nfourth"
        #expect(texts(text, .line) == ["first", "  second line", "third", "fourth"])
        #expect(texts(text, .paragraph) == ["first\r\n  second line", "third\nfourth"])
        #expect(texts("\u{FEFF}a\nb\n", .line) == ["a", "b"])
        #expect(
            texts("a\n\nb\n---\n---\nc ---\n--- \n\nd\n ---\ne", .separator("---")) == [
                "a\n\nb", "c ---", "d\n ---\ne",
            ])
        #expect(texts("---\n---\n", .separator("---")) == [])
        #expect(texts("one two three\nx", .line, limit: 8) == ["one two ", "three", "x"])
        var options = ReadOptions()
        options.records = .line
        #expect(ReaderFixture.read(" \n\t\n", name: "a.txt", options: options).rule == "empty")
        #expect(TextRecords("") == nil)
        #expect(TextRecords("a\nb") == nil)
        #expect(TextRecords("line") == .line)
        #expect(TextRecords("***") == .separator("***"))
    }

    @Test func fieldsOfRecords() {
        var options = ReadOptions()
        options.fields.text = ["head", "body.text"]
        options.fields.id = "meta.key"
        options.fields.title = "head"
        options.fields.metadata = ["meta.year", "stars"]
        let line = """
            {"head": "H", "body": {"text": ["a", "b"]}, "meta": {"key": "k", "year": 1999}, "stars": 3, "more": 4}
            {"head": "only"}
            {"body": {"text": ""}, "head": "h"}
            {"body": {"text": 5}}
            {"body.text": "dotted"}
            {"x": 1}
            """
        let result = ReaderFixture.read(line, name: "a.jsonl", options: options)
        #expect(
            result.documents.map { String(decoding: $0.text, as: UTF8.self) } == ["H\n\na\nb", "only", "h", "dotted"])
        #expect(result.documents.allSatisfy { $0.ledger.isClosed })
        #expect(result.documents[0].path(in: "a.jsonl") == "a.jsonl!k")
        #expect(result.documents[0].ledger.added == ["field-breaks": 2, "line-ends": 1])
        #expect(result.documents[0].metadata.title == "H")
        #expect(result.documents[0].metadata.other == ["meta.year": 1999, "stars": 3])
        #expect(result.rejections.count == 2)
        #expect(result.rejections[0].value.contains("line 4"))
        #expect(result.rejections[1].threshold.contains("\"head\" or \"body.text\""))
    }

    @Test func tables() {
        let text = "id,title,text,note\r\n7,T,\"a \"\"quoted\"\" word,\r\nand a line\",\r\n8,,plain,n\n\n9,U,last,x"
        let result = ReaderFixture.read(text, name: "a.csv")
        #expect(
            result.documents.map { String(decoding: $0.text, as: UTF8.self) }
                == ["a \"quoted\" word,\r\nand a line", "plain", "last"])
        #expect(result.documents[0].metadata.title == "T")
        #expect(result.documents[1].metadata.other == ["id": "8", "note": "n"])
        #expect(result.documents.allSatisfy { $0.ledger.isClosed })
        #expect(result.rejections == [])
        #expect(ReaderFixture.read("text\tx\na,b\tc\n", name: "a.tsv").text == "a,b")
        #expect(ReaderFixture.read("x;text\n1;a,b,c\n2;d,e,f\n", name: "a.csv").text == "a,b,c\u{1}d,e,f")
        #expect(ReaderFixture.read("\u{FEFF}text\nx\n", name: "a.csv").text == "x")
        var options = ReadOptions()
        options.tableHeader = false
        options.textField = "2"
        #expect(ReaderFixture.read("1,a\n2,b\n", name: "a.csv", options: options).text == "a\u{1}b")
        options.textField = "3"
        #expect(ReaderFixture.read("1,a\n2,b\n", name: "a.csv", options: options).failureText.contains("1, 2"))
        options = ReadOptions()
        options.fields.text = ["a", "b"]
        #expect(ReaderFixture.read("a,b\nx,y\n,z\n", name: "a.csv", options: options).text == "x\n\ny\u{1}z")
        #expect(ReaderFixture.read("a,b\n1,2\n", name: "a.csv").failureText.contains("columns a, b"))
        #expect(ReaderFixture.read("id,text\n", name: "a.csv").rule == "empty")
    }

    @Test func badRowsAreRejectedAndTheRestIsRead() {
        let result = ReaderFixture.read("id,text\n1\n2,\"a\"b\n3,ok\n4,x,y\n5,\"open\n6,never\n", name: "a.csv")
        #expect(result.text == "ok")
        #expect(
            result.rejections.map(\.value).map { String($0.prefix(6)) } == ["line 2", "line 3", "line 5", "line 6"])
        let bad = ReaderFixture.read(
            Array("id,text\n1,gut\n".utf8) + Array(String(repeating: "2,schöne Größe\n", count: 20).utf8)
                + [0x33, 0x2C, 0xFF, 0x0A], name: "a.csv")
        #expect(bad.documents.count == 21)
        #expect(bad.rejections.count == 1)
    }

    /// A slow reading of CSV, character by character.
    private func slowRows(_ text: String) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var field = ""
        var quoted = false
        var scalars = Array(text.unicodeScalars)
        if scalars.last != "\n" { scalars.append("\n") }
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            if quoted {
                if scalar == "\"", index + 1 < scalars.count, scalars[index + 1] == "\"" {
                    field.unicodeScalars.append(scalar)
                    index += 1
                } else if scalar == "\"" {
                    quoted = false
                } else {
                    field.unicodeScalars.append(scalar)
                }
            } else if scalar == "\"" {
                quoted = true
            } else if scalar == "," || scalar == "\n" {
                row.append(field)
                field = ""
                if scalar == "\n" {
                    rows.append(row)
                    row = []
                }
            } else {
                field.unicodeScalars.append(scalar)
            }
            index += 1
        }
        return rows
    }

    @Test func tablesAgreeWithASlowReader() {
        var random = SystemRandomNumberGenerator()
        let pieces = ["a", "ü", ",", "\n", "\"\"", "line", " ", "中"]
        for _ in 0..<300 {
            var text = "id,text\n"
            for _ in 0..<Int.random(in: 1..<20, using: &random) {
                let count = Int.random(in: 1..<6, using: &random)
                text += "7,\"x" + (0..<count).map { _ in pieces.randomElement(using: &random)! }.joined() + "\"\n"
            }
            let expected = slowRows(text).dropFirst().map { $0[1] }
            let result = ReaderFixture.read(text, name: "a.csv")
            #expect(result.documents.map { String(decoding: $0.text, as: UTF8.self) } == Array(expected))
        }
    }

    /// Everything a file gives, in a form that compares.
    private func outcome(_ path: String, _ name: String, _ options: ReadOptions, _ ranges: [Range<Int>?]) throws
        -> [String]
    {
        var lines: [String] = []
        var reader = DocumentReader(options: options)
        for range in ranges {
            let input = InputFile(path: path, relativePath: name, source: "s", range: range)
            try reader.read(
                input,
                emit: { document in
                    var line: [UInt8] = []
                    document.appendJSONLine(to: &line)
                    lines.append(String(decoding: line, as: UTF8.self))
                }, reject: { lines.append("\($0)") })
        }
        return lines
    }

    /// Another program shortens the file after its first record: the reader goes on to where the file ends now.
    @Test(arguments: ["jsonl", "csv", "txt"]) func aFileThatShrinksWhileItIsReadEndsEarly(kind: String) throws {
        let folder = TemporaryFolder()
        let line = String(repeating: "word ", count: 19)
        let record = kind == "jsonl" ? "{\"text\": \"\(line)\"}\n" : "\(line)\n"
        let head = kind == "csv" ? "text,\n" : ""
        let path = folder.write(head + String(repeating: record, count: 40_000), to: "shrinks.\(kind)")
        var options = ReadOptions()
        if kind == "txt" { options.records = .line }
        var reader = DocumentReader(options: options)
        var found = 0
        try reader.read(
            InputFile(path: path, relativePath: "shrinks.\(kind)", source: "test"),
            emit: { _ in
                if found == 0 { #expect(truncate(path, head.utf8.count + 20_000 * record.utf8.count) == 0) }
                found += 1
            }, reject: { _ in })
        #expect(found == 20_000)
    }

    @Test(arguments: ["jsonl", "csv", "line", "paragraph", "***", "file", "mark"]) func aCutChangesNothing(kind: String)
        throws
    {
        var random = SystemRandomNumberGenerator()
        var options = ReadOptions()
        var text = kind == "mark" ? "\u{FEFF}" : ""
        var name = "a.txt"
        switch kind {
        case "jsonl":
            name = "a.jsonl"
            for index in 0..<300 {
                let words = String(repeating: "wört ", count: Int.random(in: 0..<20, using: &random))
                text +=
                    index % 17 == 3
                    ? "{bad\n" : index % 19 == 5 ? "\n" : "{\"id\": \(index / 2), \"text\": \"\(words)\"}\n"
            }
        case "csv":
            name = "a.csv"
            text = "id,text\n"
            for index in 0..<300 {
                let words = String(repeating: "wört\n", count: Int.random(in: 0..<8, using: &random))
                text += index % 17 == 3 ? "\(index)\n" : "\(index % 50),\"\(words),\"\"x\"\"\"\n"
            }
        default:
            options.records = kind == "mark" ? .file : TextRecords(kind)!
            options.maximumDocumentBytes = 300
            for _ in 0..<800 {
                text += [
                    "line one\n", "größer\n", "\n", " \t\n", "***\n", "a longer line of text\n\n", "\r\n", "中中中中中中中中",
                ].randomElement(using: &random)!
            }
        }
        let folder = TemporaryFolder()
        let path = folder.write(text, to: "file")
        let whole = try outcome(path, name, options, [nil])
        #expect(whole.count > 20)
        for step in [1, 7, 50, 64, 333, 1000, 3000] {
            let input = InputFile(path: path, relativePath: name, source: "s")
            guard let ranges = try RecordRanges.cut(input, options: options, meanBytes: step) else {
                Issue.record("\(kind) is not cut")
                continue
            }
            #expect(ranges.first?.lowerBound == 0)
            #expect(ranges.last?.upperBound == text.utf8.count)
            #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
            if step == 1, kind == "jsonl" || kind == "line" { continue }
            #expect(try outcome(path, name, options, ranges) == whole, "\(kind), step \(step)")
        }
        _ = folder
    }

    @Test func whatCannotBeCutIsNotCut() throws {
        let folder = TemporaryFolder()
        func cut(_ bytes: [UInt8], _ name: String, _ options: ReadOptions = ReadOptions()) throws -> Int? {
            let path = folder.write(bytes, to: "file")
            return try RecordRanges.cut(
                InputFile(path: path, relativePath: name, source: "s"), options: options, meanBytes: 100)?.count
        }
        let lines = Array(String(repeating: "{\"text\": \"a\"}\n", count: 100).utf8)
        #expect(try cut(lines, "a.jsonl") == 14)
        #expect(try cut(ZstdCompressor(level: 1).compress(lines + lines.map { $0 ^ 1 }), "a.jsonl.zst") == nil)
        #expect(try cut(Array(lines.prefix(150)), "a.jsonl") == nil)
        #expect(try cut(Array(String(repeating: "text\n", count: 100).utf8), "a.txt") == nil)
        var options = ReadOptions()
        options.records = .line
        #expect(try cut(Array(String(repeating: "text\n", count: 100).utf8), "a.txt", options) == 5)
        let chinese = try #require(
            Iconv.encode(String(repeating: EncodingTests.samples[12].text, count: 20), to: "GB18030"))
        #expect(try cut(chinese, "a.txt", options) == nil)
        options.encoding = "windows-1252"
        #expect(try cut(lines, "a.jsonl", options) == nil)
    }
}

import Documents
import Files
import ReadingProperties
import TestSupport
import Testing

@testable import Readers

/// Tar archives under every compression, 7z, archives inside archives, and hostile ones.
@Suite struct ArchiveTests {
    /// A tar (ustar) of these files.
    private func tar(_ files: [(name: String, type: UInt8, content: [UInt8])], claim: Int? = nil) -> [UInt8] {
        var out: [UInt8] = []
        for (name, type, content) in files {
            var header = [UInt8](repeating: 0, count: 512)
            func put(_ text: String, at place: Int) {
                header.replaceSubrange(place..<place + text.utf8.count, with: Array(text.utf8))
            }
            put(name, at: 0)
            put("0000644", at: 100)
            let size = String(claim ?? content.count, radix: 8)
            put(String(repeating: "0", count: 11 - size.count) + size, at: 124)
            put("00000000000", at: 136)
            put("        ", at: 148)
            header[156] = type
            put("ustar\u{0}00", at: 257)
            let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
            put(String(repeating: "0", count: 6 - sum.count) + sum + "\u{0} ", at: 148)
            out += header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
        }
        return out + [UInt8](repeating: 0, count: 1024)
    }

    private let file = UInt8(ascii: "0")

    @Test func tarsUnderEveryCompression() throws {
        let archive = tar([
            ("folder/a.txt", file, Array("first".utf8)), ("link", UInt8(ascii: "2"), []),
            ("b.jsonl", file, Array("{\"text\": \"second\"}".utf8)),
        ])
        let result = ReaderFixture.read(archive, name: "a.tar")
        #expect(result.text == "first\u{1}second")
        #expect(result.documents.map { $0.path(in: "a.tar") } == ["a.tar!folder/a.txt", "a.tar!b.jsonl!@0"])
        #expect(
            ReaderFixture.read(ZstdCompressor(level: 3).compress(archive), name: "a.tar.zst").text == "first\u{1}second"
        )
        let folder = TemporaryFolder()
        for (program, suffix) in [("gzip", "gz"), ("bzip2", "bz2"), ("xz", "xz")] {
            let path = folder.write(archive, to: "\(program).tar")
            let text = folder.write("plain, under \(program)", to: "\(program).txt")
            guard ExternalProgram.run([program, "-k", path, text]).status == 0 else { continue }
            #expect(ReaderFixture.read(file: path + "." + suffix).text == "first\u{1}second", "\(program)")
            #expect(ReaderFixture.read(file: text + "." + suffix).text == "plain, under \(program)")
            let packed = try FileByteStream(text + "." + suffix).readAll(limit: 1 << 20)
            #expect(
                ReaderFixture.read(Array(packed.dropLast(6)), name: "cut.txt." + suffix).failure != nil, "\(program)")
        }
    }

    @Test func sevenZip() {
        let archive = FuzzedReader.sevenZip
        let result = ReaderFixture.read(archive, name: "a.7z")
        #expect(result.text == "first of a 7z, first of a 7z\u{1}second of a 7z", "\(result.failureText)")
        #expect(result.rejections.isEmpty)
        var damaged = archive
        damaged[40] ^= 0xFF
        let broken = ReaderFixture.read(damaged, name: "a.7z")
        #expect(broken.failure != nil || !broken.rejections.isEmpty)
        #expect(ReaderFixture.read(Array(archive.dropLast(9)), name: "a.7z").failure != nil)
    }

    @Test func archivesInsideArchivesAndNamesThatLeadOut() {
        let inner = tar([("deep/x.csv", file, Array("text\ndeep\n".utf8))])
        var zip = StoredZip()
        zip.add("in.tar.zst", ZstdCompressor(level: 1).compress(inner))
        let outer = tar([
            ("../../etc/passwd", file, Array("outside".utf8)), ("/abs.txt", file, Array("root".utf8)),
            ("z.zip", file, zip.finished()),
        ])
        let result = ReaderFixture.read(outer, name: "a.tar")
        // Names are only names: nothing is written, so nothing can lead out.
        #expect(result.text == "outside\u{1}root\u{1}deep")
        #expect(result.rejections.isEmpty)
    }

    @Test func bombsAndLiesAreBounded() {
        var options = ReadOptions()
        options.maximumMemberBytes = 1 << 20
        options.maximumExpandedBytes = 3 << 20
        let zeros = ZstdCompressor(level: 1).compress([UInt8](repeating: 0x20, count: 64 << 20))
        let bomb = ReaderFixture.read(
            tar([("a.txt.zst", file, zeros), ("b.txt", file, Array("after".utf8))]), name: "a.tar", options: options)
        #expect(bomb.text == "after")
        #expect(bomb.rejections.map(\.rule) == ["too-large"])
        var nested = Array("end".utf8)
        for depth in 0..<8 { nested = tar([("\(depth).tar", file, nested)]) }
        #expect(ReaderFixture.read(nested, name: "a.tar").rejections.map(\.rule) == ["too-large"])
        // A size that the file does not have.
        let lie = ReaderFixture.read(
            tar([("a.txt", file, Array("short".utf8))], claim: 1 << 32), name: "a.tar", options: options)
        #expect(lie.documents.isEmpty)
        #expect(lie.failure != nil || !lie.rejections.isEmpty)
    }
}

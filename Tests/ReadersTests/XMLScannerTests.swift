import CXML2
import Documents
import Files
import Glibc
import Parallel
import TestSupport
import Testing

@testable import Readers

/// The scanner against libxml2: whatever it accepts, libxml2 accepts with the same events.
@Suite struct XMLScannerTests {
    /// The events of a text, written down.
    private final class Trace {
        var lines: [String] = []
        var text: [UInt8] = []

        func endText() {
            if text.isEmpty { return }
            lines.append("text \(String(decoding: text, as: UTF8.self))")
            text = []
        }
    }

    private static func configure(_ handler: inout xmlSAXHandler) {
        handler.startElementNs = { state, local, prefix, uri, _, _, count, _, attributes in
            let trace = XMLScannerTests.trace(state)
            trace.endText()
            var line = "start \(named(local)) \(named(prefix)) \(named(uri))"
            for index in 0..<Int(count) {
                let slot = attributes! + 5 * index
                let value = UnsafeBufferPointer(start: slot[3], count: slot[4]! - slot[3]!)
                line +=
                    " [\(named(slot[0])) \(named(slot[1])) \(named(slot[2]))=\(String(decoding: value, as: UTF8.self))]"
            }
            trace.lines.append(line)
        }
        handler.endElementNs = { state, local, prefix, uri in
            let trace = XMLScannerTests.trace(state)
            trace.endText()
            trace.lines.append("end \(named(local)) \(named(prefix)) \(named(uri))")
        }
        handler.characters = { state, text, count in
            XMLScannerTests.trace(state).text += UnsafeBufferPointer(start: text, count: Int(count))
        }
    }

    private static func trace(_ state: UnsafeMutableRawPointer?) -> Trace {
        Unmanaged<Trace>.fromOpaque(state!).takeUnretainedValue()
    }

    /// The events of the scanner, nil where it gives up.
    private static func scanned(_ text: [UInt8]) throws -> [String]? {
        let trace = Trace()
        let parser = try XMLPushParser(
            name: "t", state: Unmanaged.passUnretained(trace).toOpaque(), configure: configure)
        let isWhole = withExtendedLifetime((trace, parser)) {
            GuardedBytes.with(text) { parser.scan(UnsafeRawBufferPointer($0)) }
        }
        return isWhole ? trace.lines : nil
    }

    /// The events of libxml2, nil where the text is not well-formed.
    private static func parsed(_ text: [UInt8]) throws -> [String]? {
        let trace = Trace()
        let parser = try XMLPushParser(
            name: "t", state: Unmanaged.passUnretained(trace).toOpaque(), configure: configure)
        do {
            try text.withUnsafeBytes { bytes in
                try withExtendedLifetime((trace, parser)) { try parser.parse(bytes) { false } }
            }
        } catch { return nil }
        return trace.lines
    }

    @Test(arguments: [
        "<?xml encoding=\"UTF-8\"?><a>x</a>", "<?xml standalone=\"yes\"?><a>x</a>",
        "<?xml version=\"1.0\" encoding=\"a:b\"?><a>x</a>", "<a><xmlns:t>x</xmlns:t></a>", "</a>", "</aaaaaaaa>",
    ]) func whatNeedsACloserLookIsLeftToTheParser(text: String) throws {
        #expect(try XMLScannerTests.scanned(Array(text.utf8)) == nil)
    }

    private static let plain = [
        "<a/>", "<a></a >", "<?xml version=\"1.0\"?>\r\n<a b='1' c=\"2\"/>\n<!-- end -->\n",
        "<?xml version='1.0' encoding='UTF-8' standalone='yes'?><a>x</a>",
        "<w:a xmlns:w=\"urn:w\"><w:b w:val=\"1\" val='2'/>t<w:b>u</w:b>\r\n</w:a>",
        "<a xmlns=\"urn:a\"><b xmlns=\"\"><c/></b><d xmlns:p='urn:p' p:q='1' xml:space='preserve'/><e/></a>",
        "<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x41;&#x10FFFF;&#10;</a>",
        "<a b='&lt;&amp; \t\r\n x&#10;y\u{E9}'>\u{E9}\r\u{4E00}\r\n</a>",
        "<?p one?><a><?q?><!--x-y--><b/><?r a > b ?></a><?s?>",
        "<a b='>' c='\"' d=\"'\">a > b ] ]> c</a>",
        "<averyveryverylongelementname anattributewithalongname='v' anattributewithalongnamd='w'/>",
        "<x:a xmlns:x='urn:1'><x:a xmlns:x='urn:2'><x:b/></x:a><x:b/></x:a>",
    ]

    private static let refused = [
        "", "<", ">", "<a", "<a>", "</a>", "<a></b>", "<a><b></a></b>", "<a/><b/>", "<a/>x", "x<a/>", "<a b/>",
        "<a b=c/>",
        "<a b='1' b='2'/>", "<a b='1'c='2'/>", "<a b='<'/>", "<a>&b;</a>", "<a>&#0;</a>", "<a>&#xFFFE;</a>",
        "<a>&#xD800;</a>", "<a>&#1114112;</a>", "<a>& b</a>", "<a>]]></a>", "<p:a/>", "<a p:b='1'/>", "<a xmlns:p=''/>",
        "<a xmlns:p='urn:1' xmlns:q='urn:1' p:b='' q:b=''/>", "<a xmlns:xml='urn:1'/>", "<a xmlns:xmlns='urn:1'/>",
        "<a><!-- a -- b --></a>", "<a><!--a--->x</a>", "<?xml version=\"1.1\"?><a/>", "<a><?xml version='1.0'?></a>",
        "<a:/>", "<:a/>", "<a:b:c xmlns:a='u'/>", "<1/>", "<a><1/></a>", "<a\u{0}/>", "<a>\u{1}</a>", "<a>\u{FFFF}</a>",
        "<a/ >", "<a", "<a b='", "<a b='>", "<a>t", "<a><b/>", "<a><b/> ", "<a>&", "<a>&#", "<a>&lt",
        "<!DOCTYPE a><a/>",
        "<a xmlns='u' xmlns='v'/>", "<a><![CDATA[x]]></a>", "<?x?y?><a/>", "<a>\u{B}</a>", "<a></a", "<a></", "<a/>>",
    ]

    @Test(arguments: plain) func plainTextsAreTaken(_ text: String) throws {
        let events = try XMLScannerTests.scanned(Array(text.utf8))
        #expect(events != nil)
        #expect(try events == XMLScannerTests.parsed(Array(text.utf8)))
    }

    @Test(arguments: refused) func otherTextsAreLeftToLibxml2(_ text: String) throws {
        #expect(try XMLScannerTests.scanned(Array(text.utf8)) == nil)
    }

    @Test func deepAndManyAreLeftToLibxml2() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)).utf8)
        }
        #expect(try XMLScannerTests.scanned(nested(1000)) == XMLScannerTests.parsed(nested(1000)))
        #expect(try XMLScannerTests.scanned(nested(100_000)) == nil)
        let names = "<a>" + (0..<2000).map { "<n\($0)/>" }.joined() + "</a>"
        #expect(try XMLScannerTests.scanned(Array(names.utf8)) == nil)
        let attributes = "<a " + (0..<2000).map { "n\($0)='1' " }.joined() + "/>"
        #expect(try XMLScannerTests.scanned(Array(attributes.utf8)) == nil)
        let value = "<a b='" + String(repeating: "&amp;", count: 100_000) + "'/>"
        #expect(try XMLScannerTests.scanned(Array(value.utf8)) == nil)
    }

    /// Texts changed at random: what the scanner still accepts, libxml2 must accept with the same events.
    @Test func acceptedMutationsAreWellFormed() throws {
        var random = SeededRandom(seed: 7)
        func below(_ bound: Int) -> Int { random.nextInt(below: bound) }
        let pieces = [
            "<", ">", "/", "=", "'", "\"", "&", ";", ":", " ", "\n", "\r", "a", "b", "w", "-", "!", "?", "]", "x", "#",
            "1",
            "xmlns", "<a>", "</a>", "<!--", "-->", "&lt;", "&#9;", " a='1'", " xmlns:w='urn:w'", " w:b='2'", "\u{E9}",
            "xml",
        ].map { Array($0.utf8) }
        var accepted = 0
        for round in 0..<60_000 {
            var text = Array(XMLScannerTests.plain[round % XMLScannerTests.plain.count].utf8)
            for _ in 0...below(3) {
                let place = below(text.count + 1)
                switch below(3) {
                case 0: text.insert(contentsOf: pieces[below(pieces.count)], at: place)
                case 1: text.removeSubrange(place..<min(text.count, place + below(4)))
                default:
                    let piece = pieces[below(pieces.count)]
                    text.replaceSubrange(place..<min(text.count, place + piece.count), with: piece)
                }
            }
            if text.withUnsafeBytes({ UTF8Validation.firstBadByte($0) }) != nil { continue }
            guard let events = try XMLScannerTests.scanned(text) else { continue }
            accepted += 1
            let expected = try XMLScannerTests.parsed(text)
            if events != expected {
                Issue.record("\(String(decoding: text, as: UTF8.self)): \(events), libxml2 \(expected ?? ["refuses"])")
            }
        }
        #expect(accepted > 6_000)
    }

    @Test(.enabled(if: TestData.isPresent)) func realDocumentsAreTakenWithTheSameEvents() throws {
        var taken = 0
        for folder in ["3gpp-docx", "torture-docx", "3gpp-tdocs"] {
            for file in try Folder.filesBelow(TestData.path(folder)).sorted().prefix(120) where file.hasSuffix(".docx")
            {
                let path = TestData.path(folder) + "/" + file
                guard let bytes = try? RealPackage.part("word/document.xml", of: path) else { continue }
                if bytes.count > 6 << 20 { continue }
                guard let events = try XMLScannerTests.scanned(bytes) else { continue }
                taken += 1
                #expect(try events == XMLScannerTests.parsed(bytes), "\(file)")
            }
        }
        #expect(taken > 60)
    }
}

private func named(_ text: UnsafePointer<UInt8>?) -> String { text.map { String(cString: $0) } ?? "-" }

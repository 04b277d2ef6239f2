import Documents
import Files
import TestSupport
import Testing

@testable import Readers

/// What is text in a web page: the normalizer and the independent counter beside the tests of the HTML standard's tokenizer.
@Suite struct HTMLTokenizationTests {
    private func normalized(_ page: String) -> String {
        Array(page.utf8).withUnsafeBytes { String(decoding: HTMLNormalizer($0).page, as: UTF8.self) }
    }

    @Test(arguments: [
        ("<p>a</><_x>b<3 </3>c", "<html><p>a&lt;_x>b&lt;3 c"),
        ("<html><body>a</body></html>b", "<html><body>ab"),
        ("<!doctype html><!-- a --!>x<!-->y<!--->z<!--", "<html>xyz"),
        ("<title>a<b>&lt;</title>", "<html><title>a&lt;b>&lt;</title>"),
        ("<title>a<b>c", "<html><title>a<b>c"),
        ("<a href='x>\"y' b=c/ d>t</a foo>", "<html><a href=\"x>&quot;y\" b=\"c/\" d>t</a>"),
        ("<script>a</scriptx></script >b<style/>c", "<html>bc"),
        ("&lbrace;&nbsp;&#1;&#x3c;&#0;&amp&nosuch;", "<html>{\u{A0}&lt;\u{FFFD}&amp;&amp;nosuch;"),
        (
            "&nbspx &notin; &notit; &ampamp; &copy2 &am; &nosuch",
            "<html>\u{A0}x \u{2209} \u{AC}it; &amp;amp; \u{A9}2 &amp;am; &amp;nosuch"
        ),
        ("a<b", "<html>a"), ("a</", "<html>a&lt;/"), ("x\u{C}y\u{1}\u{FFFF}", "<html>x y"),
        ("<xmp><b>&amp;</xmp>", "<html><xmp>&lt;b>&amp;amp;</xmp>"), ("<p \"a\">b", "<html><p>b"),
    ]) func pagesAreWrittenAnew(page: String, written: String) {
        #expect(normalized(page) == written)
    }

    /// What an open quote takes from a page is text that a rule took out.
    @Test(arguments: [
        "<a href=\"x>b é c\u{FFFE} d</a>", "<p title='", "<b", "</b x", "<script>a\u{FFFF}</script><i \n\u{1}x",
    ])
    func aTagThatDoesNotEndIsCounted(tag: String) throws {
        let result = ReaderFixture.read("<html><body><p>Text of it.</p>" + tag, name: "a.html")
        let ledger = try #require(result.documents.first).ledger
        let open = tag[(tag.firstRange(of: "</script>")?.upperBound ?? tag.startIndex)...]
        let visible = open.unicodeScalars.count { $0.value > 0x20 && $0.value != 0xFFFE }
        #expect(result.text == "Text of it." && ledger.isClosed)
        #expect(ledger.removed["unclosed-tag"] == visible)
    }

    /// The characters of a page that is normalized: without its tags, with the two references that are left.
    private func characters(_ page: String) -> [UInt8] {
        var out: [UInt8] = []
        var isTag = false
        var isQuoted = false
        var rest = Array(page.utf8)[...]
        while let byte = rest.popFirst() {
            if isTag {
                if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
                if byte == UInt8(ascii: ">"), !isQuoted { isTag = false }
            } else if byte == UInt8(ascii: "<") {
                isTag = true
            } else if byte == UInt8(ascii: "&") {
                // One of the two references that are left.
                out.append(rest.first == UInt8(ascii: "l") ? UInt8(ascii: "<") : byte)
                while rest.popFirst() != UInt8(ascii: ";") {}
            } else {
                out.append(byte)
            }
        }
        return out
    }

    @Test(.enabled(if: TestData.isPresent, "the shared test data are not here"))
    func textIsThatOfTheStandard() throws {
        let folder = TestData.path("html/html5lib/tokenizer")
        var compared = 0
        for file in try Folder.filesBelow(folder) where file.hasSuffix(".test") {
            let cases = try JSONValue(file: folder + "/" + file)["tests"]?.items ?? []
            for entry in cases {
                guard let input = entry["input"]?.string, let output = entry["output"]?.items,
                    entry["doubleEscaped"]?.bool != true
                else { continue }
                if let states = entry["initialStates"]?.items, !states.contains("Data state") { continue }
                let tags = output.filter { $0.items?.first?.string == "StartTag" }.compactMap { $0.items?[1].string }
                if tags.contains(where: { ["script", "style", "title", "xmp", "plaintext", "textarea"].contains($0) }) {
                    continue
                }
                var expected = ""
                for token in output where token.items?.first?.string == "Character" {
                    expected += token.items?[1].string ?? ""
                }
                // A null character is dropped when the tree is built, and so are controls here.
                let text = expected.unicodeScalars.filter {
                    $0.value >= 0x20 && $0.value != 0xFFFE && $0.value != 0xFFFF || [9, 10, 13].contains($0.value)
                }
                let wanted = MarkupTextCounter.scalars(Array(String(String.UnicodeScalarView(text)).utf8))
                let bytes = Array(input.utf8)
                let counted = bytes.withUnsafeBytes { HTMLTextCounter.count($0) }
                // A tag that does not end is no text of the page, and counted as taken out.
                let open = bytes.withUnsafeBytes { HTMLNormalizer($0).unclosedScalars }
                #expect(counted.visible == wanted.visible + open, "\(file): counted: \(input.debugDescription)")
                let found = MarkupTextCounter.scalars(characters(normalized(input)))
                #expect(found.visible == wanted.visible, "\(file): normalized: \(input.debugDescription)")
                compared += 1
            }
        }
        #expect(compared > 2000)
    }

    /// Each of these would take minutes if an end were looked for again from every beginning.
    @Test(.timeLimit(.minutes(1))) func hostilePagesTakeLinearTime() {
        for piece in [
            "<title>", "<!--", "<!--x--!>", "<a '", "<a b='", "</", "<script>", "<xmp><", "&", "&#", "<!-", "\u{FFFE}",
            "x<b>",
        ] {
            let page = Array(String(repeating: piece, count: 200_000).utf8)
            let count = page.withUnsafeBytes { HTMLTextCounter.count($0) }
            let written = page.withUnsafeBytes { HTMLNormalizer($0).page }
            #expect(count.visible <= page.count && written.count <= 6 * page.count + 6)
        }
    }
}

import Documents
import Files
import Testing

@testable import Readers

/// What a document says of itself, whatever its format.
@Suite struct IdentityTests {
    private static func metadata(_ text: String, name: String) throws -> Metadata {
        try #require(ReaderFixture.read(text, name: name).documents.first).metadata
    }

    @Test(arguments: [
        "3GPP TS 99.501 V18.5.0 (2024-03)\n\nTechnical Specification\n\n3rd Generation Partnership Project;\n\n"
            + "Technical Specification Group Radio Access Network;\n\nQuiet exchange;\n\nStage 2\n\n(Release 18)\n\n# 1 Scope\n\nText.",
        "| 3GPP TS 99.501 V18.5.0 (2024-03) |  |\n| --- | --- |\n| Technical Specification |  |\n"
            + "| 3rd Generation Partnership Project;Technical Specification Group Radio Access Network;Quiet exchange;Stage 2(Release 18) |\n",
    ]) func aFirstPageInMarkdownIsRead(_ text: String) throws {
        let metadata = try IdentityTests.metadata(text, name: "some.md")
        #expect(metadata.publisher == "3GPP")
        #expect(metadata.specification == "99.501")
        #expect(metadata.version == "18.5.0")
        #expect(metadata.release == "18")
        #expect(metadata.date == "2024-03")
        #expect(metadata.title == "Quiet exchange; Stage 2")
        #expect(metadata.other["working_group"] == .string("RAN"))
    }

    /// ETSI publishes 3GPP's text again: one specification.
    @Test func bothPublishersGiveOneSpecification() throws {
        let own = try IdentityTests.metadata("ETSI TS 123 501 V18.5.0 (2024-05)\n\nText of it.", name: "a.txt")
        let theirs = try IdentityTests.metadata("3GPP TS 23.501 V18.5.0 (2024-03)\n\nText of it.", name: "b.txt")
        #expect(own.specification == theirs.specification)
        #expect(own.publisher == "ETSI" && theirs.publisher == "3GPP")
        let other = try IdentityTests.metadata(
            "# ETSI TS 919 612 V2.4.1 (2025-08)\n\n**Quiet lists**\n\nTECHNICAL SPECIFICATION\n\nReference: RTS/QLX-0091961v241",
            name: "c.md")
        #expect(other.specification == "919 612")
        #expect(other.release == nil)
        #expect(other.title == "Quiet lists")
        #expect(other.other["working_group"] == .string("QLX"))
    }

    @Test(arguments: [
        "The terminal follows 3GPP TS 23.501 V18.5.0 (2024-03) here.", "3GPP TS 23.501\n\nA text about it.",
        "[1] 3GPP TS 23.501: \"System\".", "ETSI TS V1 and more words here that say nothing", "# 1 Scope\n\nText.", "#",
        "We met on stage #2 of the SA house.", "",
    ]) func textsThatNameSpecificationsAreNone(_ text: String) throws {
        guard let metadata = ReaderFixture.read(text, name: "a.md").documents.first?.metadata else { return }
        #expect(metadata.specification == nil)
        #expect(metadata.publisher == nil)
        #expect(metadata.other["document_type"] == nil)
    }

    @Test(
        arguments: [
            (
                "SA WG2 Meeting #129bis\tS2-9912226\n\nTitle:\tA quiet update\n\nText.", "SA2", "129bis", "S2-9912226",
                "contribution"
            ),
            ("3GPP TSG-SA2 Meeting #130\tS2-9900429\n\nText.", "SA2", "130", "S2-9900429", "contribution"),
            (
                "Source:\tMCC\n\nTitle:\tReport of 3GPP TSG RAN WG1 #104bis-e v1.0.0\n\nText.", "RAN1", "104bis-e", nil,
                "meeting document"
            ),
            ("3GPP TSG CT Meeting #99\tCP-991234\n\nText.", "CT", "99", "CP-991234", "contribution"),
        ] as [(String, String, String, String?, String)])
    func papersOfMeetingsSayWhoseTheyAre(
        _ text: String, _ group: String, _ meeting: String, _ number: String?, _ type: String
    ) throws {
        let metadata = try IdentityTests.metadata(text, name: "paper.txt")
        #expect(metadata.other["working_group"]?.string == group)
        #expect(metadata.other["meeting"]?.string == meeting)
        #expect(metadata.other["document_number"]?.string == number)
        #expect(metadata.other["document_type"]?.string == type)
        #expect(metadata.specification == nil)
    }

    @Test func aChangeRequestNamesWhatItChanges() throws {
        let text = """
            3GPP TSG-SA2 Meeting #130\tS2-9900429

            | CR-Form-v11.4 |  |
            | --- | --- |
            | CHANGE REQUEST |  |
            |  | 99.501 | CR | 0836 | rev | - | Current version: | 15.4.0 |  |

            <table><tr><td>Title:</td><td colspan="2">Quiet support</td></tr><tr><td>Release:</td><td>Rel-16</td></tr></table>
            """
        let metadata = try IdentityTests.metadata(text, name: "cr.md")
        #expect(metadata.other["document_type"] == .string("change request"))
        #expect(metadata.other["changes"] == .string("99.501"))
        #expect(metadata.other["changes_version"] == .string("15.4.0"))
        #expect(metadata.other["change_request"] == .string("0836"))
        #expect(metadata.title == "Quiet support")
        #expect(metadata.release == "16")
        #expect(metadata.specification == nil)
    }

    @Test func frontsOfRFCsAndArticlesAreRead() throws {
        let rfc = try IdentityTests.metadata(
            "<?xml version=\"1.0\"?><rfc number=\"99001\" submissionType=\"IETF\"><front><title>Quiet</title><date month=\"May\" year=\"2021\"/>"
                + "</front><middle><section title=\"A\"><t>Text of it.</t></section></middle></rfc>", name: "a.xml")
        #expect(rfc.specification == "RFC 99001")
        #expect(rfc.publisher == "IETF")
        #expect(rfc.date == "2021-05")
        let draft = try IdentityTests.metadata(
            "<rfc docName='draft-quiet-exchange-03'><front><title>Q</title></front><middle><section title='A'><t>Text.</t></section></middle></rfc>",
            name: "a.xml")
        #expect(draft.specification == "draft-quiet-exchange")
        #expect(draft.version == "03")
        let article = try IdentityTests.metadata(
            "<article><front><!-- <publisher-name>None</publisher-name> --><journal-meta><publisher><publisher-name>Quiet\n&amp; Press &#x26; S&ouml;hne</publisher-name></publisher></journal-meta><article-meta>"
                + "<article-id pub-id-type=\"doi\">10.9999/q.1</article-id><title-group><article-title>T</article-title></title-group>"
                + "<pub-date><day>3</day><month>2</month><year>2019</year></pub-date><permissions>"
                + "<license xmlns:x=\"l\" x:href=\"urn:licence\"><p>Free.</p></license></permissions></article-meta></front>"
                + "<body><p>Text of it.</p></body></article>", name: "a.xml")
        #expect(article.publisher == "Quiet & Press & Söhne")
        #expect(article.date == "2019-02-03")
        #expect(article.licence == "urn:licence")
        #expect(article.other["doi"] == .string("10.9999/q.1"))
    }

    /// A number in Swift may have a sign, a reference may not.
    @Test func aReferenceWithASignStandsForItself() {
        let front = "<publisher-name>&#65;&#x42; &#+65; &#x+41; &#-65; &#; &#x;</publisher-name>"
        let publisher = Array(front.utf8).withUnsafeBytes { XMLFront($0).article.publisher }
        #expect(publisher == "AB &#+65; &#x+41; &#-65; &#; &#x;")
    }

    @Test(
        arguments: [
            ("RTS/TSGR-0238413vj20", "RAN2"), ("Reference\nDTS/TSGC-0124234vc10", "CT1"), ("RTS/TSGS-0023501", "SA"),
            ("DTS/ESI-0019472-2", "ESI"), ("A/B-1 and RTS", nil), ("RTS/", nil), ("", nil),
        ] as [(String, String?)]) func workItemsNameTheirGroup(_ text: String, _ group: String?)
    {
        #expect(WorkingGroup.group(ofReferenceIn: text) == group)
    }
}

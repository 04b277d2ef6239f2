import Cleaning
import Documents
import Files
import Parallel
import TestSupport
import Testing

@Suite struct PersonalDataTests {
    private static func found(_ text: String, includesExamples: Bool = false) -> [String] {
        var options = PersonalDataOptions(.count)
        options.includesExamples = includesExamples
        let bytes = Array(text.utf8)
        return PersonalData.find(in: bytes, options).map {
            $0.kind.rawValue + " " + String(decoding: bytes[$0.range], as: UTF8.self)
        }
    }

    @Test(arguments: [
        ("Write to jane.roe@acme.io.", "jane.roe@acme.io"), ("<jane@a.b.acme.de>", "jane@a.b.acme.de"),
        ("mailto:j+tag@acme.com?subject=x", "j+tag@acme.com"), ("(j_r@acme.co.uk),", "j_r@acme.co.uk"),
        ("'jane@acme.org'", "jane@acme.org"), ("é.müller@acme.fr", "é.müller@acme.fr"),
        ("邮箱jane@acme.cn联系", "jane@acme.cn"), ("E-Mail:J.ROE@ACME.COM", "J.ROE@ACME.COM"),
        ("......jane@acme.com", "jane@acme.com"), ("**jane@acme.com**", "jane@acme.com"),
        ("jane@xn--bcher-kva.xn--p1ai", "jane@xn--bcher-kva.xn--p1ai"), ("|jane@acme.com|", "jane@acme.com"),
        ("https://acme.com/?m=jane@acme.net", "jane@acme.net"),
    ]) func addressesOfMail(_ text: String, _ address: String) {
        #expect(PersonalDataTests.found(text) == ["email " + address])
    }

    @Test(arguments: [
        "user at acme.com", "@acme.com", "jane@", "jane@acme", "jane@@acme.com", "sip:jane@acme.com",
        "sips:j@acme.com;user=phone", "git@github.com:a/b", "ftp://jane@acme.com/x", "https://u:p@acme.com",
        "icon@2x.png", "pkg@1.2.3", "a.@acme.com", "jane@-acme.com", "x@acme.c", "jane@acme.com_x",
        "Content-ID: <q1@acme.com>",
        "0234150999999999@nai.epc.mnc015.mcc234.3gppnetwork.org", "jane@example.com", "jane@mail.example.org",
        "jane@sos.invalid", "jane@host.local", "v@operator.com", "type1.rid678@5gc.nid<NID>.com",
    ]) func whatOnlyLooksLikeMail(_ text: String) { #expect(PersonalDataTests.found(text) == []) }

    @Test(arguments: [
        ("from 192.0.32.10.", "192.0.32.10"), ("(134.157.81.9)", "134.157.81.9"),
        ("received=62.157.0.9;", "62.157.0.9"),
        ("c=IN IP4 5.6.7.8", "5.6.7.8"), ("IP address 9.3.2.4", "9.3.2.4"), ("host: 9.3.2.4", "9.3.2.4"),
        ("the IPv4 address is 9.3.2.4", "9.3.2.4"), ("http://9.3.2.4/x", "9.3.2.4"), ("9.3.2.4:8080", "9.3.2.4"),
        ("9.3.0.0/16", "9.3.0.0"), ("[2a02:26f0::1:2]", "2a02:26f0::1:2"),
        ("IN IP6 2001:0646:00F1:0045:02D0:59FF:FE14:F33A<br>", "2001:0646:00F1:0045:02D0:59FF:FE14:F33A"),
        ("2a00:1450:4001:81b::200e/64", "2a00:1450:4001:81b::200e"), ("2400:cb00::1:", "2400:cb00::1"),
        ("2a00:1450::93.184.215.14", "2a00:1450::93.184.215.14"), ("Address: 2400:cb00::1.", "2400:cb00::1"),
    ]) func addressesOfMachines(_ text: String, _ address: String) {
        #expect(PersonalDataTests.found(text) == ["ip " + address])
    }

    @Test(arguments: [
        "TS 23.501", "version 18.5.0", "clause 5.6.7.8", "5.3.1.2 General", "| 9.3.1.219 |", "OID 1.3.6.1.4.1",
        "1.3.6.1", "v1.2.3.4", "version 100.200.30.40", "Table 62.157.80.9", "see 5.4.2.10 and 5.4.2.11",
        "Transport Layer Address 9.3.2.4", "COUNT 189.3.1.110", "256.157.81.99", "134.157.81.99.5", "134.157.081.99",
        "1134.157.81.99", "134.157.81.99-1", "a134.157.81.99", "134.157.81.99b", "134.157.81", "192.0.2.1", "10.0.0.1",
        "198.51.100.7", "203.0.113.255", "127.0.0.1", "172.31.255.254", "169.254.99.99", "224.100.100.1",
        "255.255.255.255", "100.64.99.99", "0.0.0.0", "2001:db8::1", "2001:DB8:0:0:8:800:200C:417A", "fe80::1", "::1",
        "fd12:3456::1", "::", "12:34:56", "00:1b:44:11:3a:b7", "A ::= B", "std::abc", "face::b00c", "2a00:1450::",
        "1:2:3:4:5:6:7:8:9", "2a02::1::2", "x2a02:26f0::1", "2a02:26f0::1g", "10:20:30:40", "ff02::1",
    ]) func whatOnlyLooksLikeAMachine(_ text: String) { #expect(PersonalDataTests.found(text) == []) }

    @Test(arguments: [
        ("Tel.: +33 4 92 94 42 00 Fax", "+33 4 92 94 42 00"), ("+1.408.902.3875", "+1.408.902.3875"),
        ("+33 (0)492944200", "+33 (0)492944200"), ("(+49-211-8796321)", "+49-211-8796321"),
        ("tel:+4921187963", "+4921187963"), ("call (212) 348-6719 now", "(212) 348-6719"),
        ("Phone: 617-667-8422", "617-667-8422"), ("Fax : (0211) 87 96-32", "(0211) 87 96-32"),
        ("+44\u{A0}20\u{2011}7946\u{A0}0018", "+44\u{A0}20\u{2011}7946\u{A0}0018"),
        ("电话:+86 10 8796 3210。", "+86 10 8796 3210"),
    ]) func telephoneNumbers(_ text: String, _ number: String) {
        #expect(PersonalDataTests.found(text) == ["phone " + number])
    }

    @Test(arguments: [
        "234150999999999", "IMSI 460001357924680", "+5 dB", "+12.34567890", "2024-01-01T00:00:00+01:00",
        "a+33492944200",
        "x)+33492944200", "+001234567890", "+441234567890", "+1-201-555-0123", "+15551234567", "+33 4 92", "+12345678",
        "(5) 123-4567", "f(212) 345-6789", "(212) 345-67890", "Tel: 112", "+4000000000", "10 000 000", "5.4.2+23.501",
        "+33492944200987654321", "C++11 2017", "(2021) 123-4567", "telnet: 1234567", "+83 100000011",
    ]) func whatOnlyLooksLikeATelephone(_ text: String) { #expect(PersonalDataTests.found(text) == []) }

    @Test func examplesCountWhereAsked() {
        let text = "jane@example.com 10.0.0.1:80 2001:db8::1 +1-201-555-0123"
        #expect(PersonalDataTests.found(text) == [])
        #expect(
            PersonalDataTests.found(text, includesExamples: true)
                == ["email jane@example.com", "ip 10.0.0.1", "ip 2001:db8::1", "phone +1-201-555-0123"])
    }

    @Test func replacingMovesSpansAndClosesTheLedger() {
        let parts: [(String, TextSpan.Kind)] = [
            ("Contact jane@acme.com", .heading), ("Écrire à jané@acme.com, +33 4 92 94 42 00.", .prose),
            ("192.0.32.10", .code), ("unchanged", .prose),
        ]
        var document = PersonalDataTests.document(parts)
        PersonalData.treat(&document, PersonalDataOptions(.replace))
        let stretches = document.spans.map { String(decoding: document.text[$0.start..<$0.end], as: UTF8.self) }
        #expect(stretches == ["Contact <EMAIL>", "Écrire à <EMAIL>, <PHONE>.", "<IP>", "unchanged"])
        #expect(document.spans.map(\.kind) == parts.map(\.1))
        #expect(document.ledger.removed == ["pii-email": 26, "pii-phone": 17, "pii-ip": 11])
        #expect(document.ledger.added == ["pii-email": 14, "pii-phone": 7, "pii-ip": 4])
        #expect(document.ledgerGap == 0)
        #expect(
            document.metadata.other[PersonalData.metadataKey]
                == .object(["email": .integer(2), "phone": .integer(1), "ip": .integer(1)]))
    }

    @Test func eachKindHasItsOwnAction() throws {
        let text = "jane@acme.com 192.0.32.10 +33 4 92 94 42 00"
        func treated(_ recipe: JSONValue) throws -> Document {
            var document = PersonalDataTests.document([(text, .prose)])
            PersonalData.treat(&document, try PersonalDataOptions(recipe: recipe))
            return document
        }
        let mixed = try treated(
            .object([
                "email": .string("replace"), "ip": .string("count"), "phone": .bool(false),
                "tokens": .object(["email": .string("")]),
            ]))
        #expect(String(decoding: mixed.text, as: UTF8.self) == " 192.0.32.10 +33 4 92 94 42 00\n")
        #expect(mixed.ledgerGap == 0)
        #expect(
            mixed.metadata.other[PersonalData.metadataKey] == .object(["email": .integer(1), "ip": .integer(1)]))
        #expect(try treated(.string("off")) == treated(.bool(false)))
        #expect(try treated(.string("off")).metadata.other.isEmpty)
        let counted = try treated(.string("count"))
        #expect(counted.text == PersonalDataTests.document([(text, .prose)]).text)
        #expect(counted.ledger.removed.isEmpty)
        for bad: JSONValue in [
            .string("drop"), .integer(3), .object(["mail": .string("count")]), .object(["email": .string("x")]),
            .object(["tokens": .object(["name": .string("")])]), .object(["examples": .bool(true)]),
        ] {
            #expect(throws: CleaningFailure.self) { try PersonalDataOptions(recipe: bad) }
        }
    }

    @Test func whatDecidesStandsInTheDigest() {
        var texts: Set<String> = []
        for action in PersonalDataOptions.Action.allCases {
            for examples in [false, true] {
                var options = PersonalDataOptions(action)
                options.includesExamples = examples
                texts.insert(options.digestText)
                options.tokens[1] = "[address]"
                texts.insert(options.digestText)
            }
        }
        // A token that is an address is no reason to go on for ever.
        var token = PersonalDataOptions(.replace)
        token.tokens[0] = "mail@acme.com"
        var document = PersonalDataTests.document([("jane@acme.com, joe@acme.com", .prose)])
        PersonalData.treat(&document, token)
        #expect(String(decoding: document.text, as: UTF8.self) == "mail@acme.com, mail@acme.com\n")
        #expect(document.metadata.other[PersonalData.metadataKey] == .object(["email": .integer(2)]))
        // Off is one; what counts has no tokens.
        #expect(texts.count == 1 + 2 + 4)
    }

    private static func document(_ parts: [(String, TextSpan.Kind)]) -> Document {
        var text: [UInt8] = []
        var spans: [TextSpan] = []
        for (part, kind) in parts {
            spans.append(TextSpan(kind: kind, start: text.count, end: text.count + part.utf8.count))
            text += part.utf8
            text.append(0x0A)
        }
        let count = unicodeScalarCount(text)
        return Document(
            id: "1", source: "s", text: text, spans: spans, ledger: ExtractionLedger(source: count, written: count))
    }

    /// Pieces of addresses in any order, and bytes that are no text: spans stay in order and within the text, ledgers close, a second
    /// pass finds nothing, and the ends of the text are never passed.
    @Test func anyTextKeepsItsBalance() {
        let pieces = [
            "jane", "@", "acme", ".", "com", "192", "0", "32", "+", "33", "4 92 94", " ", "(", ")", "-", ":", "::",
            "2a02", "26f0",
            "é", "中", "Tel:", "\n", "jane@acme.com", "134.157.81.9", "+33 4 92 94 42 00", "2a02:26f0::1:2", "\u{A0}",
            "/24",
        ]
        var random = SeededRandom(seed: 8)
        for round in 0..<1500 {
            var text = ""
            for _ in 0..<random.nextInt(below: 50) { text += pieces[random.nextInt(below: pieces.count)] }
            var document = PersonalDataTests.document([(text, .prose)])
            // Spans that cut anywhere, also inside of an address.
            let bounds = (0..<5).map { _ in random.nextInt(below: document.text.count + 1) }.sorted()
            document.spans = zip(bounds, bounds.dropFirst()).map { TextSpan(kind: .prose, start: $0, end: $1) }
            PersonalData.treat(&document, PersonalDataOptions(.replace))
            #expect(document.ledgerGap == 0)
            #expect(String(validating: document.text, as: UTF8.self) != nil)
            var last = 0
            for span in document.spans {
                #expect(span.start >= last && span.start <= span.end && span.end <= document.text.count)
                last = span.end
            }
            let once = document.text
            PersonalData.treat(&document, PersonalDataOptions(.replace))
            #expect(document.text == once, "\(text)")
            // Bytes that are no text.
            let noise = (0..<round % 64).map { _ in UInt8(random.nextInt(below: 256)) }
            let at = random.nextInt(below: noise.count + 1)
            let bytes = Array(noise[..<at]) + Array(text.utf8) + Array(noise[at...])
            var options = PersonalDataOptions(.count)
            options.includesExamples = true
            for match in PersonalData.find(in: bytes, options) {
                #expect(match.range.lowerBound >= 0 && match.range.upperBound <= bytes.count && !match.range.isEmpty)
            }
        }
    }

    /// What a search with steps back takes hours for.
    @Test(arguments: ["a.", "a@", "1.", "1:", "+1 ", "(1", "a@a.", "Tel:1 ", "é", ":", "f:", "1.1.1.", "@a-"])
    func longRunsTakeOnePass(_ piece: String) {
        let text = Array(String(repeating: piece, count: 300_000).utf8)
        _ = PersonalData.find(in: text, PersonalDataOptions(.count))
        let end = Array((String(repeating: piece, count: 3000) + " jane@acme.com ").utf8)
        #expect(PersonalData.find(in: end, PersonalDataOptions(.count)).contains { $0.range.count == 13 })
    }
}

/// Real documents: numbers of clauses, versions and identifiers are no addresses.
@Suite(.enabled(if: TestData.isPresent)) struct RealPersonalDataTests {
    @Test func specificationsHaveNoAddressesButTheirCovers() throws {
        let folder = TestData.path("telecom-md")
        var found: [PersonalDataOptions.Kind: Set<String>] = [:]
        var files = 0
        for name in try Folder.names(in: folder) where name.contains(".md") && name != "SOURCES.md" {
            let text = try ByteStream.open(folder + "/" + name).readAll(limit: 1 << 26)
            for match in PersonalData.find(in: text, PersonalDataOptions(.count)) {
                found[match.kind, default: []].insert(String(decoding: text[match.range], as: UTF8.self))
            }
            files += 1
        }
        #expect(files > 10)
        #expect(found[.ip] == nil)
        #expect(found[.email] == nil)
        // The switchboard and the fax of the publisher.
        #expect(found[.phone] == ["+33 4 92 94 42 00", "+33 4 93 65 47 16"])
    }

    @Test func proposalsForPythonNameTheirAuthors() throws {
        var lines = LineReader(try ByteStream.open(TestData.path("text-en/peps.jsonl.zst")))
        let parser = JSONParser()
        var mails = 0
        var others = 0
        while let text = try lines.next({ line in
            try parser.parse(line, name: "peps") {
                [UInt8]($0["text"]?.utf8 ?? UnsafeRawBufferPointer(start: nil, count: 0))
            }
        }) {
            for match in PersonalData.find(in: text, PersonalDataOptions(.count)) {
                if match.kind == .email { mails += 1 } else { others += 1 }
            }
        }
        #expect(mails > 1000)
        #expect(others == 0)
    }
}

import Documents
import Files
import Parallel
import TestSupport
import Testing

@testable import Cleaning

/// Mojibake, ligatures, characters without width and for private use.
@Suite struct UnicodeDefectTests {
    private static func document(_ text: String) -> Document {
        let count = text.unicodeScalars.count
        return Document(
            id: "1", source: "s", text: Array(text.utf8), ledger: ExtractionLedger(source: count, written: count))
    }

    private static func repaired(_ text: String, _ options: UnicodeRepairOptions = UnicodeRepairOptions()) -> Document {
        var document = document(text)
        UnicodeRepair.repair(&document, options)
        #expect(document.ledgerGap == 0, "\(text)")
        return document
    }

    private static func text(_ document: Document) -> String { String(decoding: document.text, as: UTF8.self) }

    /// What a program shows that reads UTF-8 as Windows-1252, and as Latin-1 where that has no character.
    static func misread(_ text: String) -> String {
        var table: [UInt8: UInt32] = [:]
        for scalar in UInt32(0x100)...0x2122 {
            if let byte = Mojibake.byte(scalar) { table[byte] = scalar }
        }
        var out = String.UnicodeScalarView()
        for byte in text.utf8 { out.append(Unicode.Scalar(table[byte] ?? UInt32(byte))!) }
        return String(out)
    }

    static func misreadAsLatin1(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        for byte in text.utf8 { out.append(Unicode.Scalar(byte)) }
        return String(out)
    }

    static let languages = [
        "Die Überprüfung der Geräte läuft über größere Strecken; „fertig“ heißt: geprüft.",
        "Où est passé l’élève ? « Là-bas, près du château », répondit-elle à voix basse.",
        "La señal llegó después del año; ¿quién la envió? ¡Nadie lo sabía!",
        "A ligação não é possível à noite; põe o órgão no salão.",
        "Příliš žluťoučký kůň úpěl ďábelské ódy.", "Zażółć gęślą jaźń, a potem wróć.",
        "Árvíztűrő tükörfúrógép működik.", "Şoför çok hızlı sürdü, ığdır yolunda.",
        "Базовая станция отправляет сообщение ещё раз.", "Ο σταθμός βάσης στέλνει ξανά το μήνυμα.",
        "기지국은 메시지를 다시 보냅니다.", "基站再次发送消息，等待两秒。", "基地局はもう一度メッセージを送る。",
        "تحطة الاتصال ترسل الرسالة مرة أخرى", "תחנת הבסיס שולחת את ההודעה שוב", "สถานีฐานส่งข้อความอีกครั้ง",
        "It’s “quoted” – with an em—dash… and 20 °C ± 0.5 µV, ½ of §4 © 2024 €5", "😀 ok 🎉 done",
        "Blåbærsyltetøy på brød; ærlig talt.", "Stație de bază; țară și oraș.", "Đường truyền bị gián đoạn từ hôm qua.",
    ]

    @Test(arguments: languages) func misreadTextComesBack(_ text: String) {
        for misreading in [UnicodeDefectTests.misread, UnicodeDefectTests.misreadAsLatin1] {
            let once = misreading(text)
            let document = UnicodeDefectTests.repaired(once)
            #expect(UnicodeDefectTests.text(document) == text)
            #expect(document.ledger.removed["mojibake"] ?? 0 > document.ledger.added["mojibake"] ?? 0)
            let twice = misreading(once)
            #expect(UnicodeDefectTests.text(UnicodeDefectTests.repaired(twice)) == text)
            let mixed = UnicodeDefectTests.misread(UnicodeDefectTests.misreadAsLatin1(text))
            #expect(UnicodeDefectTests.text(UnicodeDefectTests.repaired(mixed)) == text)
        }
    }

    @Test(
        arguments: languages + [
            "IRMÃ, AMANHÃ E MANHÃ", "«IRMÃ»", "“NÃO” e “MANHÔ", "MANHÃ” disse", "à «\u{A0}oui\u{A0}», à\u{A0}«",
            "«\u{A0}fermé\u{A0}»",
            "CAFɮ NESTLÉ® É™", "Spaß“, „Fuß“ und „groß”", "2×½ und 10×µ, 3×²", "2×£5", "l’été… à l’“île”",
            "CÂNDVA, TÂRGU", "„ROMÂ” și Â»",
            "Ä“Ö“Ü“", "voilÃ", "Ã", "Â", "TÂ°", "l·là·", "PÅ “ö”", "Pðx‚ yÞ‚ 3", "naïve café", "El Niño³ y mañana²",
            "âme, ôté, ñandú", "ª º ° ¹",
            "ÇA VA Ä… È… Õ…", "GÖTEBORG–ÅRE", "Trä—å", "×‘ ×’", "ß… ß’s",
        ])
    func trueTextStays(_ text: String) {
        let document = UnicodeDefectTests.repaired(text)
        #expect(document.ledger.removed["mojibake"] == nil, "\(UnicodeDefectTests.text(document))")
    }

    /// One repaired quotation in a French text; the letters of the text stay.
    @Test func whatIsProvenDoesNotCarryTheRestAlong() {
        let text = "Le café où l’on cite « voilÃ\u{A0}» : â€œdÃ©jÃ\u{A0} vu»"
        #expect(
            UnicodeDefectTests.text(UnicodeDefectTests.repaired(text))
                == "Le café où l’on cite « voilÃ » : “déjÃ  vu»")
        let whole = "Le cafÃ© oÃ¹ lâ€™on va : voilÃ\u{A0}"
        #expect(UnicodeDefectTests.text(UnicodeDefectTests.repaired(whole)) == "Le café où l’on va : voilà")
    }

    @Test func ligaturesBecomeLetters() {
        let document = UnicodeDefectTests.repaired(
            "e\u{FB00}ect, \u{FB01}eld, \u{FB02}ow, o\u{FB03}ce, ba\u{FB04}e, \u{FB05}op \u{FB06}")
        #expect(UnicodeDefectTests.text(document) == "effect, field, flow, office, baffle, stop st")
        #expect(document.ledger.removed == ["ligature": 7])
        #expect(document.ledger.added == ["ligature": 16])
    }

    @Test(arguments: [
        ("a\u{200B}b\u{200C}c\u{200D}d\u{2060}e\u{2062}f\u{FFF9}g", "abcdefg", "zero-width"),
        ("x\u{200E}y\u{202A}z\u{2069}", "xyz", "bidi-control"), ("a\u{E0041}\u{E0042}b", "ab", "tag-character"),
    ]) func widthlessCharactersGo(_ text: String, _ expected: String, _ rule: String) {
        let document = UnicodeDefectTests.repaired(text)
        #expect(UnicodeDefectTests.text(document) == expected)
        #expect(document.ledger.removed == [rule: text.unicodeScalars.count - expected.unicodeScalars.count])
        var options = UnicodeRepairOptions()
        options.zeroWidth = false
        #expect(UnicodeDefectTests.text(UnicodeDefectTests.repaired(text, options)) == text)
    }

    @Test(arguments: [
        "می\u{200C}خواهم", "क्\u{200D}ष और क्\u{200C}ष", "ස්\u{200D}ර", "สถานี\u{200B}ฐาน", "👩\u{200D}👩\u{200D}👧",
        "❤\u{FE0F}\u{200D}🔥",
        "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", "🏃\u{200D}➡\u{FE0F}", "שלום\u{200F}!",
        "abc \u{202B}مرحبا\u{202C}", "❤\u{FE0F}",
    ]) func whatScriptsAndEmojiNeedStays(_ text: String) {
        let document = UnicodeDefectTests.repaired(text)
        #expect(UnicodeDefectTests.text(document) == text)
        #expect(document.ledger.removed.isEmpty)
    }

    @Test func privateUseIsMappedRemovedOrKept() {
        let text = "\u{F0B7} one\n  \u{F0A7}\ttwo\n- \u{F0D8} three\nx \u{F0A3} y \u{F0E0} \u{F061}\u{E123}\u{F0000}"
        let mapped = UnicodeDefectTests.repaired(text)
        #expect(UnicodeDefectTests.text(mapped) == "• one\n  ▪\ttwo\n- ➢ three\nx ≤ y → α\u{E123}\u{F0000}")
        #expect(mapped.ledger.removed == ["private-use": 6])
        #expect(mapped.ledger.added == ["private-use": 6])
        #expect(mapped.metadata.other["private_use"] == .integer(2))
        var options = UnicodeRepairOptions()
        options.privateUse = .remove
        let removed = UnicodeDefectTests.repaired(text, options)
        #expect(UnicodeDefectTests.text(removed) == "• one\n  ▪\ttwo\n- ➢ three\nx ≤ y → α")
        #expect(removed.metadata.other.isEmpty)
        options.privateUse = .keep
        #expect(UnicodeDefectTests.text(UnicodeDefectTests.repaired(text, options)) == text)
    }

    @Test func theLeastLeavesAllButControls() {
        let text = "Ã© \u{FB01} \u{200B}\u{F0B7} a\u{AD}"
        #expect(UnicodeDefectTests.text(UnicodeDefectTests.repaired(text, .least)) == "Ã© \u{FB01} \u{200B}\u{F0B7} a")
    }

    /// Any pieces in any order: ledgers close, a second repair changes nothing, spans stay in order and inside.
    @Test func anyTextIsRepairedOnce() {
        let pieces = [
            "a", "plain words ", "Ã©", "â€™", "Ã", "Â", "\u{A0}", "é", "ß“", "Ð¿Ñ€", "ƒ", "€", "\u{FB01}", "\u{200B}",
            "\u{200D}", "\u{200C}",
            "\u{200E}", "\u{E0041}", "🏴", "\u{F0B7}", " ", "\n", "\u{E123}", "ไ", "ش", "ש", "क", "\u{FE0F}", "❤", "🔥",
            "\r", "\u{AD}",
            "\u{85}", "\u{9D}", "中", "™", "ÃƒÂ©",
        ]
        var random = SeededRandom(seed: 6)
        for _ in 0..<3000 {
            var text = ""
            for _ in 0..<random.nextInt(below: 24) { text += pieces[random.nextInt(below: pieces.count)] }
            var document = UnicodeDefectTests.document(text)
            let starts = document.text.indices.filter { document.text[$0] & 0xC0 != 0x80 } + [document.text.count]
            let bounds = (0..<6).map { _ in starts[random.nextInt(below: starts.count)] }.sorted()
            document.spans = zip(bounds, bounds.dropFirst()).map { TextSpan(kind: .prose, start: $0, end: $1) }
            UnicodeRepair.repair(&document)
            #expect(document.ledgerGap == 0)
            #expect(String(validating: document.text, as: UTF8.self) != nil)
            var last = 0
            for span in document.spans {
                #expect(span.start >= last && span.start <= span.end && span.end <= document.text.count)
                last = span.end
            }
            let once = document
            UnicodeRepair.repair(&document)
            #expect(document == once, "\(text.debugDescription)")
        }
    }

    /// The search that skips beside one that looks at every place.
    @Test func theKernelsFindWhatASlowSearchFinds() {
        var random = SeededRandom(seed: 12)
        let scalars: [UInt32] = [
            0x61, 0x20, 0xC3, 0xC2, 0xE9, 0xA9, 0x20AC, 0x2019, 0x200B, 0x200F, 0x2010, 0x202E, 0x202F, 0x2060, 0x206F,
            0x2070,
            0xFB00, 0xFB06, 0xFB07, 0xE000, 0xF8FF, 0xF900, 0xFFF9, 0xFFFB, 0xFFFC, 0xE0001, 0xE007F, 0xE0080, 0xE0100,
            0xF0000, 0x100000,
            0x1F600, 0x4E2D,
        ]
        func isUnseen(_ scalar: UInt32) -> Bool {
            switch scalar {
            case 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFB00...0xFB06, 0xE000...0xF8FF, 0xFFF9...0xFFFB,
                0xE0000...0xE007F, 0xF0000...0x10FFFF:
                true
            default: false
            }
        }
        for _ in 0..<300 {
            var text = String(repeating: "x", count: random.nextInt(below: 200)).unicodeScalars
            for _ in 0..<random.nextInt(below: 4) {
                text.append(Unicode.Scalar(scalars[random.nextInt(below: scalars.count)])!)
            }
            text.append(contentsOf: String(repeating: "y", count: random.nextInt(below: 80)).unicodeScalars)
            var options = UnicodeRepairOptions.least
            options.privateUse = .remove
            options.ligatures = true
            options.zeroWidth = true
            let document = UnicodeDefectTests.repaired(String(text), options)
            let left = UnicodeDefectTests.text(document).unicodeScalars.filter { isUnseen($0.value) }
            #expect(left.isEmpty)
            let kept = String(text).unicodeScalars.filter { !isUnseen($0.value) }.count
            let letters = (document.ledger.added["ligature"] ?? 0)
            #expect(document.ledger.written == kept + letters)
        }
    }

    @Test func textThatIsNoneIsLeft() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<500 {
            var document = Document(
                id: "1", source: "s",
                text: (0..<random.nextInt(below: 90)).map { _ in
                    [
                        0xC3, 0x83, 0xC2, 0xA9, 0xE2, 0x80, 0x8B, 0xEF, 0xF3, 0xA0, 0xF4, 0xEE, 0x61,
                        UInt8(random.nextInt(below: 256)),
                    ][
                        random.nextInt(below: 14)]
                })
            document.spans = [TextSpan(kind: .prose, start: 3, end: 1000), TextSpan(kind: .code, start: -4, end: 2)]
            let length = document.text.count
            UnicodeRepair.repair(&document)
            #expect(document.text.count <= length)
            #expect(document.spans.count <= 2)
        }
    }

    @Test func theRecipeSwitches() throws {
        func read(_ value: JSONValue) throws -> UnicodeRepairOptions { try UnicodeRepairOptions(recipe: value) }
        #expect(try read(.string("off")) == .least)
        #expect(try read(.bool(false)) == .least)
        #expect(try read(.string("on")) == UnicodeRepairOptions())
        var options = UnicodeRepairOptions()
        options.mojibake = false
        options.privateUse = .remove
        #expect(try read(.object(["mojibake": .string("off"), "private_use": .string("remove")])) == options)
        #expect(options.digestText != UnicodeRepairOptions().digestText)
        for bad: JSONValue in [
            .integer(1), .string("some"), .object(["private_use": .bool(true)]), .object(["ligature": .bool(true)]),
            .object(["ligatures": .integer(1)]),
        ] {
            #expect(throws: CleaningFailure.self) { try read(bad) }
        }
    }
}

/// Real text that is whole stays whole.
@Suite(.enabled(if: TestData.isPresent)) struct RealUnicodeDefectTests {
    @Test(arguments: ["multilingual/udhr", "telecom-md", "markdown", "zh-classical"])
    func realTextHoldsNoMojibake(_ folder: String) throws {
        var files = 0
        for name in try Folder.names(in: TestData.path(folder)) where name != "SOURCES.md" {
            let path = TestData.path(folder) + "/" + name
            if Folder.isFolder(path) { continue }
            let text = try ByteStream.open(path).readAll(limit: 1 << 26)
            guard String(validating: text, as: UTF8.self) != nil else { continue }
            let count = unicodeScalarCount(text)
            var document = Document(
                id: "1", source: "s", text: text, ledger: ExtractionLedger(source: count, written: count))
            UnicodeRepair.repair(&document)
            #expect(document.ledger.removed["mojibake"] == nil, "\(name)")
            #expect(document.ledgerGap == 0)
            files += 1
        }
        #expect(files > 2)
    }
}

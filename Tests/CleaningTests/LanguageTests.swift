import Cleaning
import Documents
import Files
import Parallel
import Synchronization
import TestSupport
import Testing

@testable import Cleaning

@Suite struct LanguageTests {
    static let samples: [(tag: String, text: String)] = [
        (
            "en",
            "The base station sends the message again when no answer arrives within two seconds, and it counts how often that happened. "
                + "After the third attempt the connection is closed and the user is told what went wrong."
        ),
        (
            "de",
            "Die Basisstation schickt die Nachricht noch einmal, wenn innerhalb von zwei Sekunden keine Antwort eintrifft, und zählt, wie oft "
                + "das geschehen ist. Nach dem dritten Versuch wird die Verbindung geschlossen."
        ),
        (
            "fr",
            "La station de base envoie le message une nouvelle fois lorsque aucune réponse n'arrive dans les deux secondes, et elle compte "
                + "combien de fois cela s'est produit. Après la troisième tentative, la connexion est fermée."
        ),
        (
            "es",
            "La estación base envía el mensaje otra vez cuando no llega ninguna respuesta en dos segundos, y cuenta cuántas veces ha "
                + "sucedido. Después del tercer intento se cierra la conexión y se avisa al usuario."
        ),
        (
            "pt",
            "A estação base envia a mensagem outra vez quando nenhuma resposta chega dentro de dois segundos, e conta quantas vezes isso "
                + "aconteceu. Depois da terceira tentativa a ligação é fechada e o utilizador não é avisado."
        ),
        (
            "ru",
            "Базовая станция отправляет сообщение ещё раз, если в течение двух секунд не приходит ответ, и считает, сколько раз это "
                + "произошло. После третьей попытки соединение закрывается, и пользователю сообщают, что случилось."
        ),
        (
            "el",
            "Ο σταθμός βάσης στέλνει ξανά το μήνυμα όταν δεν φτάνει απάντηση μέσα σε δύο δευτερόλεπτα και μετράει πόσες φορές συνέβη αυτό."
        ),
        ("zh", "如果两秒钟之内没有收到回答,基站就会再次发送这条消息,并且记录这种情况发生了多少次。第三次尝试失败以后,连接被关闭,用户会收到通知。"),
        ("ja", "二秒以内に返事が届かない場合、基地局はもう一度メッセージを送り、それが何回起きたかを数えます。三回目の後で接続は閉じられます。"),
        (
            "la",
            "Statio prima nuntium iterum mittit, si intra duo momenta nullum responsum venit, et numerat quotiens hoc acciderit. Post tertium "
                + "conatum via clauditur et homines de his rebus certiores fiunt, ne quid sine causa fieri videatur."
        ),
    ]

    static func document(_ parts: [(String, TextSpan.Kind?)]) -> Document {
        var text: [UInt8] = []
        var spans: [TextSpan] = []
        for (part, kind) in parts {
            let start = text.count
            text += part.utf8
            if let kind { spans.append(TextSpan(kind: kind, start: start, end: text.count)) }
            text += "\n\n".utf8
        }
        return Document(id: "1", source: "s", text: text, spans: spans)
    }

    static func measured(_ text: String) -> LanguageSignals { LanguageMeasure.measure(document([(text, nil)])) }

    @Test(arguments: samples) func aParagraphIsEnough(_ tag: String, _ text: String) {
        let signals = LanguageTests.measured(text)
        #expect(signals.isReliable)
        #expect(signals.language == tag)
        #expect(signals.bytes > 0 && signals.languages[0].bytes <= signals.bytes)
    }

    /// Latin stands in the large tables alone; the small ones stand in the library that holds the code.
    @Test func theLargeTablesAreInUse() { #expect(LanguageDetector.hasLargeTables) }

    @Test(arguments: ["", "12.3 45 | 67 | 89", "9.3.1.219 0x7F 00:1b:44 +++ --- ***", "日", "\u{1F600}\u{1F600}"])
    func whatTellsNothingIsUndetermined(_ text: String) {
        let signals = LanguageTests.measured(text)
        #expect(signals.language == nil)
        var options = CleaningOptions()
        try? options.setLanguages(["fr"])
        #expect(LanguageRule(options).violation(signals) == nil)
    }

    @Test func onlyProseDecidesWhereThereIsEnough() {
        let english = LanguageTests.samples[0].text + " " + LanguageTests.samples[0].text
        let french = String(repeating: LanguageTests.samples[2].text + " ", count: 9)
        let mixed = LanguageTests.document([(english, .prose), (french, .table), (french, .code)])
        #expect(LanguageMeasure.measure(mixed).languages.map(\.tag) == ["en"])
        let table = LanguageTests.document([("Annexe", .heading), (french, .table)])
        #expect(LanguageMeasure.measure(table).language == "fr")
    }

    @Test func sharesOfAMixtureAreByBytes() {
        let english = String(repeating: LanguageTests.samples[0].text + "\n", count: 30)
        let german = String(repeating: LanguageTests.samples[1].text + "\n", count: 10)
        let signals = LanguageTests.measured(english + german)
        #expect(signals.languages.prefix(2).map(\.tag) == ["en", "de"])
        let share = Double(signals.bytes(in: ["de"])) / Double(signals.bytes)
        let expected = Double(german.utf8.count) / Double(german.utf8.count + english.utf8.count)
        #expect(abs(share - expected) < 0.08)
        #expect(signals.bytes(in: ["en-GB", "de-AT"]) == signals.languages.prefix(2).reduce(0) { $0 + $1.bytes })
    }

    /// Above one piece; a document of 3 MB keeps its shares.
    @Test func longTextsAreAskedInPieces() {
        let russian = LanguageTests.samples[5].text + "\n"
        let english = LanguageTests.samples[0].text + "\n"
        let many = LanguageDetector.pieceLength * 3 / 2
        let signals = LanguageTests.measured(
            String(repeating: russian, count: many / russian.utf8.count)
                + String(repeating: english, count: many / english.utf8.count))
        #expect(Set(signals.languages.prefix(2).map(\.tag)) == ["ru", "en"])
        #expect(signals.isReliable)
        // Without any white space, too.
        let unspaced = LanguageTests.measured(String(repeating: "如果两秒钟之内没有收到回答基站就会再次发送这条消息", count: 30_000))
        #expect(unspaced.language == "zh")
    }

    @Test func everyThreadTellsTheSame() throws {
        let documents = LanguageTests.samples.map { LanguageTests.document([($0.text, .prose)]) }
        let serial = documents.map(LanguageMeasure.measure)
        let wrong = Mutex(0)
        try WorkerPool(threads: 8).forEach(4000) { index, _ in
            let place = index % documents.count
            if LanguageMeasure.measure(documents[place]) != serial[place] { wrong.withLock { $0 += 1 } }
        }
        #expect(wrong.withLock { $0 } == 0)
    }

    @Test func badTextNeverCrashes() {
        var random = SeededRandom(seed: 5)
        for round in 0..<600 {
            var bytes: [UInt8] = []
            for _ in 0..<random.nextInt(below: 400) {
                switch round % 3 {
                case 0: bytes.append(UInt8(random.nextInt(below: 256)))
                case 1:
                    if let scalar = Unicode.Scalar(UInt32(random.nextInt(below: 0x110000))) {
                        bytes += String(Character(scalar)).utf8
                    }
                default: bytes += Array(LanguageTests.samples[random.nextInt(below: 10)].text.utf8.prefix(40))
                }
            }
            var document = Document(id: "1", source: "s", text: bytes)
            document.spans = [
                TextSpan(kind: .prose, start: 50, end: 9000), TextSpan(kind: .table, start: -3, end: 20),
            ]
            let signals = LanguageMeasure.measure(document)
            #expect(signals.languages.reduce(0) { $0 + $1.bytes } <= signals.bytes)
            if String(validating: bytes, as: UTF8.self) == nil, bytes.count < 50 { #expect(signals.bytes == 0) }
        }
    }

    @Test func theSignalsSurviveTheirJSON() throws {
        for sample in LanguageTests.samples {
            let signals = LanguageTests.measured(sample.text)
            let parsed = try JSONParser().parse(signals.json.encoded(), name: "t") { $0.value }
            #expect(LanguageSignals(json: parsed) == signals)
        }
        #expect(LanguageSignals(json: .null) == nil)
        #expect(LanguageSignals(json: .object(["languages": .integer(3), "bytes": .integer(-4)])) == LanguageSignals())
    }

    @Test func theRuleDropsWhatIsReliablyAnotherLanguage() throws {
        let german = String(repeating: LanguageTests.samples[1].text + " ", count: 6)
        let english = String(repeating: LanguageTests.samples[0].text + " ", count: 6)
        func violation(_ text: String, _ languages: [String], least: Int = 500) throws -> String? {
            var options = CleaningOptions()
            try options.setLanguages(languages)
            options.leastLanguage = least
            return LanguageRule(options).violation(LanguageTests.measured(text))?.rule
        }
        #expect(try violation(german, ["en"]) == "wrong-language")
        #expect(try violation(german, ["en", "de"]) == nil)
        #expect(try violation(german, ["de-CH"]) == nil)
        #expect(try violation(german, []) == nil)
        #expect(try violation(german, ["en"], least: 0) == nil)
        #expect(try violation(english + german + german, ["en"]) == "wrong-language")
        #expect(try violation(english + german + german, ["en"], least: 200) == nil)
        // Too short to tell.
        #expect(try violation("Guten Tag, wie geht es Ihnen heute?", ["en"]) == nil)
        var options = CleaningOptions()
        try options.setLanguages(["en"])
        options.profiles = [.none]
        // A wanted language is no rule of a profile.
        #expect(LanguageRule(options).violation(LanguageTests.measured(german)) != nil)
        let found = LanguageRule(try CleaningOptions(recipe: .object(["language": .string("en")])))
            .violation(LanguageTests.measured(german))
        #expect(found?.value == "0.000 of the prose is in en; most is in de")
        #expect(found?.threshold == "at least 0.500")
    }

    @Test func tagsOfCLD2BecomeThoseOfToday() {
        #expect(LanguageTag.tag(ofCLD2: "iw") == "he")
        #expect(LanguageTag.tag(ofCLD2: "zh-Hant") == "zh-Hant")
        for none in ["un", "xxx", "", "xx-Zyyy", "zzp", "tlh"] { #expect(LanguageTag.tag(ofCLD2: none) == nil) }
        #expect(LanguageTag.accepted("nb-NO") == ["no", "nb", "nn"])
        #expect(LanguageTag.accepted("lzh") == ["lzh", "zh"])
    }
}

/// Real text: what is in English stays, what is not is told.
@Suite(.enabled(if: TestData.isPresent)) struct RealLanguageTests {
    private static func files(_ folder: String, suffix: String = "") throws -> [(name: String, text: [UInt8])] {
        try Folder.names(in: TestData.path(folder)).filter {
            $0.contains(suffix) && $0 != "SOURCES.md" && !Folder.isFolder(TestData.path(folder) + "/" + $0)
        }.map { name in
            (name, try ByteStream.open(TestData.path(folder) + "/" + name).readAll(limit: 1 << 26))
        }
    }

    private static func measured(_ text: [UInt8]) -> LanguageSignals {
        // Some of these files end inside of a character.
        let valid = Array(String(decoding: text, as: UTF8.self).utf8)
        return LanguageMeasure.measure(Document(id: "1", source: "s", text: valid))
    }

    @Test(arguments: [
        ("markdown", ".md"), ("etsi-md", ".md.zst"), ("telecom-md", ".md"), ("rfc-text", ".text.zst"),
        ("rfc-text", "rfc"), ("text-en", ".txt"), ("asn1", ".asn"), ("rfc-xml", ""), ("html", ".html"),
    ])
    func englishStays(_ folder: String, _ suffix: String) throws {
        var options = CleaningOptions()
        try options.setLanguages(["en"])
        let rule = LanguageRule(options)
        let files = try RealLanguageTests.files(folder, suffix: suffix)
        #expect(!files.isEmpty)
        for file in files {
            let violation = rule.violation(RealLanguageTests.measured(file.text))
            #expect(violation == nil, "\(file.name): \(violation?.value ?? "")")
        }
    }

    /// The declarations of human rights that stand there in UTF-8 and ISO 8859-1, by the language in their name.
    @Test func theLanguageOfADeclarationIsTold() throws {
        let tags = [
            "Chinese": "zh", "Esperanto": "eo", "Farsi": "fa", "Greek": "el", "Hebrew": "he", "Hindi": "hi",
            "Japanese": "ja", "Korean": "ko", "Russian": "ru", "Tamil": "ta", "Vietnamese": "vi",
        ]
        var told = 0
        for file in try RealLanguageTests.files("multilingual/udhr", suffix: "-UTF8") {
            let name = file.name.split { $0 == "_" || $0 == "-" }.first.map(String.init) ?? ""
            guard let tag = tags[name] else { continue }
            #expect(RealLanguageTests.measured(file.text).language == tag, "\(file.name)")
            told += 1
        }
        #expect(told >= 10)
    }

    @Test(arguments: [
        ("Armenian", "hy"), ("Cherokee", "chr"), ("Gujarati", "gu"), ("Swahili", "sw"), ("Syriac", "syr"),
    ])
    func theLanguageOfABibleIsTold(_ name: String, _ tag: String) throws {
        let files = try RealLanguageTests.files("multilingual/bible", suffix: name)
        #expect(files.count == 1)
        for file in files {
            // Without the markup.
            var text: [UInt8] = []
            var isMarkup = false
            for byte in file.text {
                if byte == UInt8(ascii: "<") { isMarkup = true }
                if !isMarkup { text.append(byte) }
                if byte == UInt8(ascii: ">") { isMarkup = false }
            }
            #expect(RealLanguageTests.measured(text).language == tag)
        }
    }

    @Test func classicalChineseIsChinese() throws {
        for file in try RealLanguageTests.files("zh-classical", suffix: ".txt.zst") {
            if String(validating: file.text, as: UTF8.self) == nil { continue }
            let language = RealLanguageTests.measured(file.text).language
            #expect(language == "zh" || language == "zh-Hant", "\(file.name)")
        }
    }
}

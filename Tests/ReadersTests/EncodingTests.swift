import Documents
import Files
import TestSupport
import Testing

@testable import Readers

/// Text in any encoding: found out, reported, overridable; a wrong guess rarer than a refusal.
@Suite struct EncodingTests {
    /// Invented sentences in the writing of each language, and the encodings that usually hold them.
    static let samples: [(language: String, text: String, encodings: [String])] = [
        (
            "German",
            "Die größten Übertragungswege führen über mehrere Zwischenstationen; müssen Geräte dafür geprüft werden?",
            ["windows-1252", "ISO-8859-1", "ISO-8859-15", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"]
        ),
        (
            "French",
            "L’équipement d’accès réagit après la réception d’un signal très élevé, même à l’extrémité du réseau où il a été créé.",
            ["windows-1252", "UTF-16LE"]
        ),
        (
            "Polish",
            "Urządzenie sieciowe powinno nadawać również wtedy, gdy łączność została częściowo zakłócona, żeby użytkownicy mogli wciąż się łączyć.",
            ["windows-1250", "ISO-8859-2"]
        ),
        (
            "Czech",
            "Každé zařízení musí příjem potvrdit dříve, než se spojení přeruší; účastník může být připojen několika způsoby.",
            ["windows-1250", "ISO-8859-2"]
        ),
        (
            "Turkish",
            "Şebekeye bağlanan her aygıt, çağrı başlamadan önce kimliğini doğrulamalı ve güvenli bir bağlantı kurmalıdır; aksi hâlde çağrı düşer.",
            ["windows-1254"]
        ),
        (
            "Lithuanian",
            "Kiekvienas įrenginys, prisijungęs prie tinklo, turi patvirtinti gautą žinutę ir išsiųsti atsakymą, jei ryšys vėl užmegztas.",
            ["windows-1257"]
        ),
        (
            "Russian",
            "Каждое устройство сети должно подтвердить приём сообщения, прежде чем соединение будет разорвано.",
            ["windows-1251", "KOI8-R", "ISO-8859-5", "IBM866", "UTF-16LE", "UTF-16BE"]
        ),
        (
            "Ukrainian",
            "Кожен пристрій мережі має підтвердити отримання повідомлення, перш ніж з’єднання буде розірване, і зберегти її стан.",
            ["windows-1251"]
        ),
        (
            "Greek", "Κάθε συσκευή του δικτύου πρέπει να επιβεβαιώνει τη λήψη του μηνύματος πριν διακοπεί η σύνδεση.",
            ["windows-1253", "ISO-8859-7"]
        ),
        (
            "Hebrew", "כל התקן ברשת חייב לאשר את קבלת ההודעה לפני שהחיבור מתנתק והמשתמש צריך לדעת על כך.",
            ["windows-1255"]
        ),
        (
            "Arabic", "يجب على كل جهاز في الشبكة أن يؤكد استلام الرسالة قبل قطع الاتصال وأن يعلم المستخدم بذلك",
            ["windows-1256", "ISO-8859-6"]
        ),
        (
            "Thai", "อุปกรณ์ทุกเครื่องในเครือข่ายต้องยืนยันการรับข้อความก่อนที่การเชื่อมต่อจะถูกตัด",
            ["windows-874"]
        ),
        (
            "Chinese", "网络中的每个设备都必须在连接断开之前确认已经收到消息，并且让用户知道这一点。",
            ["GB18030", "GBK", "UTF-16LE", "UTF-16BE"]
        ),
        (
            "Chinese, traditional", "網路中的每個設備都必須在連接斷開之前確認已經收到訊息，並且讓使用者知道這一點。",
            ["BIG5"]
        ),
        (
            "Japanese", "ネットワークの各装置は、接続が切れる前にメッセージの受信を確認しなければならない。",
            ["SHIFT_JIS", "EUC-JP", "UTF-16LE"]
        ),
        (
            "Korean", "네트워크의 모든 장치는 연결이 끊어지기 전에 메시지를 받았다는 것을 확인해야 한다.",
            ["EUC-KR", "UTF-16LE"]
        ),
    ]

    @Test(arguments: samples.indices) func writingIsRecognisedInItsEncodings(index: Int) throws {
        let (language, text, encodings) = EncodingTests.samples[index]
        for encoding in encodings {
            let bytes = try #require(Iconv.encode(text + "\n", to: encoding), "\(language) in \(encoding)")
            let result = ReaderFixture.read(bytes, name: "a.txt")
            #expect(result.text == text + "\n", "\(language) in \(encoding): \(result.failureText)")
            let document = result.documents.first
            #expect(document?.ledger.isClosed == true)
            #expect(document?.metadata.other["encoding"] != nil, "\(language) in \(encoding)")
            var options = ReadOptions()
            options.encoding = encoding
            let stated = ReaderFixture.read(bytes, name: "a.txt", options: options)
            #expect(stated.text == text + "\n")
        }
    }

    @Test func utf8IsAlwaysFirstAndNotReported() {
        for (_, text, _) in EncodingTests.samples {
            let result = ReaderFixture.read(text, name: "a.txt")
            #expect(result.text == text)
            #expect(result.documents[0].metadata.other["encoding"] == nil)
        }
    }

    @Test func whatIsNoTextIsRefusedWithTheCandidatesNamed() {
        let shrug = ReaderFixture.read(Array("abc".utf8) + [0xFF] + Array("def".utf8), name: "a.txt")
        #expect(shrug.rule == "encoding")
        #expect(shrug.failureText.contains("byte 3"))
        #expect(shrug.failureText.contains("windows-1252"))
        #expect(shrug.failureText.contains("`encoding`"))
        var options = ReadOptions()
        options.encoding = "windows-1252"
        #expect(ReaderFixture.read(Array("abc".utf8) + [0xFF], name: "a.txt", options: options).text == "abcÿ")
        options.encoding = "no-such-encoding"
        #expect(ReaderFixture.read("abc", name: "a.txt", options: options).rule == "encoding")
        // Noise in any length is never taken for text.
        var random = SystemRandomNumberGenerator()
        for length in [100, 1000, 20_000] {
            for _ in 0..<20 {
                let noise = (0..<length).map { _ in UInt8.random(in: 1...255, using: &random) } + [0xC0, 0xC1]
                #expect(ReaderFixture.read(noise, name: "a.txt").failure != nil, "\(noise)")
            }
        }
    }

    @Test func aBadByteIsNamedWhereItStands() throws {
        var bytes = try #require(Iconv.encode(EncodingTests.samples[12].text, to: "GB18030"))
        let place = bytes.count
        bytes += [0xFF] + Array(" end".utf8)
        let result = ReaderFixture.read(bytes, name: "a.txt")
        #expect(result.failureText.contains("byte \(place)"), "\(result.failureText)")
        #expect(result.failureText.contains("GB18030"))
        // Much UTF-8 with one bad byte is damaged UTF-8, and of lines only the bad one goes.
        let line = "Größe über Maß, geprüft für Geräte\n"
        let damaged = Array(String(repeating: line, count: 20).utf8) + [0xE4] + Array("x\n".utf8) + Array(line.utf8)
        var options = ReadOptions()
        options.records = .line
        let lines = ReaderFixture.read(damaged, name: "a.txt", options: options)
        #expect(lines.documents.count == 21)
        #expect(lines.rejections.map(\.rule) == ["encoding"])
        #expect(lines.rejections.first?.value.contains("byte \(20 * line.utf8.count)") == true)
    }

    @Test func wideEncodingsOfLinesAndTables() throws {
        var options = ReadOptions()
        options.records = .line
        let text = "První řádek\r\n\r\nDruhý řádek\r\n"
        for encoding in ["UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"] {
            let bytes = try #require(Iconv.encode(text, to: encoding))
            #expect(ReaderFixture.read(bytes, name: "a.txt", options: options).text == "První řádek\u{1}Druhý řádek")
            let table = try #require(Iconv.encode("id,text\n1,řádek\n", to: encoding))
            #expect(ReaderFixture.read(table, name: "a.csv").text == "řádek")
            let marked = try #require(Iconv.encode("\u{FEFF}{\"text\": \"řádek\"}\n", to: encoding))
            #expect(ReaderFixture.read(marked, name: "a.jsonl").text == "řádek")
        }
        // Half a unit at the end.
        #expect(
            ReaderFixture.read(ReaderFixture.utf16("abc", isBigEndian: false) + [0x41], name: "a.txt").rule
                == "encoding")
    }
}

/// Real texts, in the encoding they came in and put into every other one that holds them.
@Suite(.enabled(if: TestData.isPresent)) struct RealEncodingTests {
    /// The texts of the Declaration of Human Rights in UTF-8, by file name.
    private static func declarations() throws -> [(name: String, text: String)] {
        let archive = try ArchiveReader(path: TestData.path("multilingual/nltk_udhr.zip"))
        var texts: [(String, String)] = []
        while let entry = try archive.next() {
            guard entry.path.hasSuffix("UTF8"), !PathText.name(of: entry.path).hasPrefix("._") else { continue }
            if let text = String(validating: try archive.readEntry(limit: 1 << 20), as: UTF8.self) {
                texts.append((PathText.name(of: entry.path), text))
            }
        }
        return texts
    }

    private static let languages = [
        "Belorus", "Bosnian", "Bulgarian", "Chinese_Mandarin", "Czech", "Esperanto", "Greek", "Hebrew", "Hungarian",
        "Japanese", "Korean", "Macedonian", "Maltese", "Russian", "Serbian", "Turkish", "Ukrainian",
    ]

    @Test func textsPutIntoEveryEncodingComeBackOrAreRefused() throws {
        let encodings =
            SingleByteTable.all.map(\.name) + [
                "GB18030", "BIG5", "SHIFT_JIS", "EUC-JP", "EUC-KR", "UTF-16LE", "UTF-16BE",
            ]
        var right = 0
        var refused: [String] = []
        var wrong: [String] = []
        for (name, whole) in try RealEncodingTests.declarations()
        where RealEncodingTests.languages.contains(where: name.hasPrefix) {
            for length in [200, 2000, 20_000] {
                let text = String(whole.unicodeScalars.dropFirst(50).prefix(length).map(Character.init))
                for encoding in encodings {
                    guard let bytes = Iconv.encode(text, to: encoding),
                        String(validating: bytes, as: UTF8.self) == nil || bytes.contains(0)
                    else { continue }
                    let form = try? TextForm(stated: nil, name: "a") { MemoryByteStream(bytes, name: "a") }
                    guard let form else {
                        refused.append("\(name) \(length) \(encoding)")
                        continue
                    }
                    let back = bytes.withUnsafeBytes { form.encoding.converted($0) }
                    if back.badOffset == nil, back.utf8 == Array(text.utf8) {
                        right += 1
                    } else {
                        wrong.append("\(name) \(length) \(encoding) as \(form.encoding.rawValue)")
                    }
                }
            }
        }
        #expect(right > 200)
        #expect(wrong.count * 2 <= max(refused.count, 2), "\(wrong)")
        #expect((wrong.count + refused.count) * 10 < right)
    }

    @Test(arguments: [
        ("Chinese_Mandarin-GB2312.txt", "GB18030", "世界人权宣言"), ("Japanese_Nihongo-SJIS.txt", "CP932", "世界人権宣言"),
        ("Japanese_Nihongo-EUC.txt", "EUC-JP", "世界人権宣言"), ("German_Deutsch-Latin1.txt", "windows-1252", "Würde"),
        ("Polish-Latin2.txt", "windows-1250", "człowieka"), ("Turkish_Turkce-Turkish.txt", "windows-1254", "İnsan"),
        ("Russian_Russky-Cyrillic.txt", "windows-1251", "человека"),
        ("Hebrew_Ivrit-Hebrew.txt", "ISO-8859-8", "האדם"),
        ("Arabic_Alarabia-Arabic.txt", "windows-1256", "الإنسان"),
        ("Greek_Ellinika-Greek.txt", "windows-1253", "ανθρώπου"),
    ])
    func filesAsFound(name: String, encoding: String, word: String) {
        let result = ReaderFixture.read(file: TestData.path("multilingual/udhr/" + name))
        #expect(result.documents.first?.metadata.other["encoding"] == .string(encoding), "\(result.failureText)")
        #expect(result.text.contains(word), "\(name): \(result.text.prefix(300))")
        #expect(result.documents.allSatisfy { $0.ledger.isClosed })
    }

    @Test func encodingsOfFontsAreRefused() throws {
        for name in [
            "Armenian-DallakHelv.txt", "Azeri_Azerbaijani_Cyrillic-Az.Times.Cyr.Normal0117.txt", "Vietnamese-TCVN.txt",
        ] {
            let result = ReaderFixture.read(file: TestData.path("multilingual/udhr/" + name))
            #expect(result.rule == "encoding", "\(name): \(result.documents.first?.metadata.other["encoding"] as Any)")
        }
    }
}

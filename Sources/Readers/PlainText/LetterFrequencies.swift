import Glibc

/// How often the letters of written languages occur: what tells one encoding from another.
///
/// Each alphabet lists its letters by frequency, the most frequent first; their probabilities are taken to fall as 1 / (rank + k)
/// (Zipf, Mandelbrot). A letter costs its negative logarithm, so that the sum over a text is the logarithm of its probability.
enum LetterFrequencies {
    /// An alphabet: the letters beyond ASCII of one language.
    struct Alphabet {
        let language: String
        /// Share of letters beyond ASCII among the letters of words that have one.
        let share: Double
        /// Lower-case letters, the most frequent first.
        let letters: String

        init(_ language: String, _ share: Double, _ letters: String) {
            self.language = language
            self.share = share
            self.letters = letters
        }

        /// The logarithm of the probability of each letter.
        var logarithms: [UInt32: Double] {
            LetterFrequencies.logarithms(letters, offset: share > 0.9 ? 5 : 1, weight: 1)
        }
    }

    /// Alphabets that single-byte encodings write.
    static let alphabets = [
        Alphabet("fr", 0.19, "éàèêçùâîôûëïœæ"),
        Alphabet("de", 0.14, "üäöß"),
        Alphabet("es", 0.14, "óíáñéúüçàï"),
        Alphabet("pt", 0.18, "ãçéáíóêõàúâôüñ"),
        Alphabet("it", 0.18, "àèùéòìîí"),
        Alphabet("ca", 0.16, "éóàèíçúïòüñ"),
        Alphabet("nl", 0.16, "ëéïöèüóáêà"),
        Alphabet("sv", 0.16, "äåöéà"),
        Alphabet("da", 0.17, "åæøéöü"),
        Alphabet("fi", 0.20, "äöåéšž"),
        Alphabet("is", 0.22, "ðáíþéóæöúý"),
        Alphabet("et", 0.16, "äõüöšž"),
        Alphabet("ga", 0.19, "áíéóú"),
        Alphabet("cy", 0.20, "ŵŷâôêîûïáéö"),
        Alphabet("mt", 0.17, "ħżġċàèòùì"),
        Alphabet("eo", 0.17, "ĉŭĝŝĵĥ"),
        Alphabet("sq", 0.20, "ëçâî"),
        Alphabet("pl", 0.18, "łęąóżśćńź"),
        Alphabet("cs", 0.20, "íáéěčřžýůšúťďňó"),
        Alphabet("sk", 0.20, "áíéčýžúšľťôňďäóŕĺ"),
        Alphabet("hu", 0.19, "éáöőóüíűú"),
        Alphabet("hr", 0.14, "čšžćđ"),
        Alphabet("sl", 0.15, "čšžćđ"),
        Alphabet("ro", 0.20, "ăîâşţșțéá"),
        Alphabet("tr", 0.20, "ıüşçğöiâîû"),
        Alphabet("lt", 0.19, "ėšųžąįūčę"),
        Alphabet("lv", 0.20, "āīēšūžņļčģķ"),
        Alphabet("el", 0.98, "αοιετσνηυρπκμλςωίόδέγήάχθύφβξώζψϊϋ"),
        Alphabet("ru", 0.98, "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"),
        Alphabet("uk", 0.98, "оанивітерсклумдпязьбгчйхцїжєюшщфґ"),
        Alphabet("bg", 0.98, "аиоентрсвлкдпмзъгбчуяжхщцюшйфь"),
        Alphabet("sr", 0.98, "аиоенртсјкувмлдпгзбчшљњцжћђхџфѓќѕ"),
        Alphabet("be", 0.98, "анілрсекдтояумыпвзцбўгчьхжшюэйёф"),
        Alphabet("he", 0.98, "יולהאתרבשמכדנחםעפקגטצןסךזףץ"),
        Alphabet("ar", 0.98, "اليمنوترةبعدفسهكحقجشطصخأضإذزغىءثظئآؤ"),
        Alphabet("fa", 0.98, "ایردنهموتبسشکلزگفقخعحجچپآغصطضظذثژئءيك"),
        Alphabet("th", 0.98, "านรอกเงมยวลดตสปคะหทบพขใจชีแ่้ิ์ไัุูำื็โถผซธณฐญศภฎฝฟษฤฉ"),
    ]

    /// The logarithm of a probability that falls as 1 / (rank + offset) and sums up to `weight`.
    static func logarithms(_ letters: String, offset: Double, weight: Double) -> [UInt32: Double] {
        var found: [UInt32: Double] = [:]
        var rank = 0.0
        var sum = 0.0
        for scalar in letters.unicodeScalars where found[scalar.value] == nil {
            found[scalar.value] = rank
            sum += 1 / (rank + offset)
            rank += 1
        }
        return found.mapValues { logarithm(weight / (($0 + offset) * sum)) }
    }

    /// Frequent characters of Chinese in simplified writing, modern and classical.
    private static let simplified =
        "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现"
        + "当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重"
        + "并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入"
        + "几口认条平系气题活更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指曰矣吾权君王臣兵乃既诸侯"

    /// The same in traditional writing.
    private static let traditional =
        "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現"
        + "當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重"
        + "並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入"
        + "幾口認條平系氣題活更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直德資命山金指曰矣吾權君王臣兵乃既諸侯"

    /// Hiragana.
    private static let hiragana =
        "のいたにとはしをるがてでなこかられすまりあさっうもよきくだけそおちせつえどゃみわやょめごばずじへびろむほゆべねんひげぎふぞぶぜぼゅゞづぐ"

    /// Katakana.
    private static let katakana =
        "ンールスイトアラリクシタレフドジカコロマデテプグムニバキメッセウサオエパビツダモブナケソチハワヴャュョミ"

    /// Frequent Chinese characters of Japanese.
    private static let kanji =
        "日一国人年大十二本中長出三時行見月後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百書先名川千水半男西電校語土木聞食車何南万毎白天"
        + "母火友左休父会事者社自分合同員業地方場新発手力問代明動京目通言理体田主題意不作用度強公持野以思家世多正安院心界教文元重近考画海売知道集別物使"
        + "品計死特私始朝運終台広住無真有口少町料工建空急止送切転研足究楽起着店病質待試族銀早映親験英医仕去味写字答夜音注帰古歌買悪図週室歩風紙黒花春赤"
        + "青館屋色走秋夏習駅洋旅服夕借曜飲肉貸堂鳥飯勉冬昼茶弟牛魚兄犬妹姉漢権利法律又条個認保護際差平等由尊厳"

    /// Frequent syllables of Korean.
    private static let hangul =
        "이다의는에을로하가고지한사기를은도인리나대서자어있정시스일해그수아보장것들전부여제라니과국으권모든주유무상원와구치년동세공만조화오비마성위며"
        + "게중진되신선받행경습없요바거때면소관안람생문트우적당미용방실회연발러말등계분차법개교민력단야각누터까결또식내타산간후운양"

    /// Marks that stand between words of East Asian writing, with their usual share.
    private static let marks: [(Double, String)] = [
        (0.04, "，"), (0.03, "。\u{3000}"), (0.02, "、"), (0.01, "「」“”："), (0.005, "！？；"), (0.004, "…—"), (0.003, "《》）（・"),
        (0.002, "‘’『』．"), (0.001, "·"),
    ]

    /// An East Asian script: the characters known to be frequent, and what any other one costs.
    struct Script {
        let frequent: [UInt32: Double]
        let han: Double
        let kana: Double
        let hangul: Double

        /// The logarithm of the probability of a character beyond ASCII. These encodings hold Greek and Cyrillic too.
        func logarithm(_ scalar: UInt32) -> Double {
            if let known = frequent[scalar] { return known }
            if scalar >= 0x370, scalar < 0x500, let letter = Unicode.Scalar(scalar)?.properties.lowercaseMapping {
                return guests[letter.unicodeScalars.first!.value] ?? -12
            }
            switch scalar {
            case 0x4E00..<0x9FA6: return han
            case 0x3040..<0x3100: return kana
            case 0xAC00..<0xD7A4: return hangul
            case 0x3000..<0x3040, 0xFF01..<0xFF5F: return -8
            case 0xE000..<0xF900, 0x80..<0xA0: return impossible
            case 0xC0..<0x2000: return -8
            default: return -12
            }
        }
    }

    /// Greek and Cyrillic letters in an East Asian encoding: rare, but as likely among themselves as elsewhere.
    private static let guests: [UInt32: Double] = {
        var all: [UInt32: Double] = [:]
        for alphabet in alphabets where ["el", "ru", "uk", "sr", "be"].contains(alphabet.language) {
            all.merge(alphabet.logarithms.mapValues { $0 - 2 }) { first, _ in first }
        }
        return all
    }()

    /// What a character costs that no text holds.
    static let impossible = -14.0

    /// Chinese as GB18030 mostly writes it.
    static let simplifiedChinese = Script(
        frequent: withMarks(logarithms(simplified, offset: 12, weight: 0.6)), han: -9.8, kana: -12, hangul: impossible)
    /// Chinese as Big5 writes it.
    static let traditionalChinese = Script(
        frequent: withMarks(logarithms(traditional, offset: 12, weight: 0.6)), han: -9.8, kana: -12, hangul: impossible)
    /// Japanese.
    static let japanese = Script(
        frequent: withMarks(
            logarithms(hiragana, offset: 4, weight: 0.5)
                .merging(logarithms(katakana, offset: 4, weight: 0.08)) { first, _ in first }
                .merging(logarithms(kanji, offset: 40, weight: 0.2)) { first, _ in first }),
        han: -9.8, kana: -9, hangul: impossible)
    /// Korean.
    static let korean = Script(
        frequent: withMarks(logarithms(hangul, offset: 12, weight: 0.8)), han: -12, kana: -12, hangul: -9.5)

    private static func withMarks(_ letters: [UInt32: Double]) -> [UInt32: Double] {
        var all = letters
        for (share, characters) in marks {
            for scalar in characters.unicodeScalars where all[scalar.value] == nil {
                all[scalar.value] = logarithm(share)
            }
        }
        return all
    }

    private static func logarithm(_ value: Double) -> Double { Glibc.log(value) }
}

/// The written forms that the splitting rules leave whole or cut by knowledge: contractions, abbreviations, times, emoticons.
///
/// The forms are those the web filters' word splitter knows; here they come out of a few rules of how English contracts.
struct EnglishExceptions {
    /// Scalars of the longest form.
    static let longest = 12

    /// One form: its scalars, and where its words end.
    struct Form {
        let scalars: [UInt32]
        let ends: [Int]
        /// Its words' ends where the splitting rules alone cut it; empty where they have nothing to cut.
        var plainEnds: [Int] = []
    }

    private(set) var forms: [Form] = []
    // A hash, and in the lower bits a form's number from 1; 0 is empty.
    private var slots = [UInt64](repeating: 0, count: 1 << 12)
    // Bit n of entry c: a form of n scalars begins with c (of its low byte); most texts are turned away here.
    private var lengths = [UInt16](repeating: 0, count: 256)
    // A bit for the ends of a form, the low six bits of its first and of its last scalar.
    private var outlines = [UInt64](repeating: 0, count: 64)
    // As `lengths`, for the forms that the splitting rules alone cut.
    private var cutLengths = [UInt16](repeating: 0, count: 256)

    init() {
        var seen: [String: Int] = [:]
        for parts in EnglishExceptions.written() {
            for parts in [parts, parts.map { EnglishExceptions.curly($0) }] {
                let whole = parts.joined()
                var ends: [Int] = []
                for part in parts { ends.append((ends.last ?? 0) + part.unicodeScalars.count) }
                let form = Form(scalars: whole.unicodeScalars.map(\.value), ends: ends)
                if let known = seen[whole] {
                    forms[known] = form
                } else {
                    seen[whole] = forms.count
                    forms.append(form)
                }
            }
        }
        for index in forms.indices { insert(index) }
    }

    /// Says how the rules alone cut the form; only such forms are looked for across words.
    mutating func setPlainEnds(_ ends: [Int], of form: Int) {
        forms[form].plainEnds = ends
        cutLengths[Int(forms[form].scalars[0] & 255)] |= 1 << UInt16(forms[form].scalars.count)
    }

    /// Whether a form of so many scalars that the splitting rules alone cut may begin with this one.
    @inline(__always)
    func mayBeCut(_ scalar: UInt32, _ count: Int) -> Bool { cutLengths[Int(scalar & 255)] & (1 << UInt16(count)) != 0 }

    /// The number of the form that the scalars spell; nil where they spell none.
    @inline(__always)
    func find(_ scalars: UnsafePointer<UInt32>, _ count: Int) -> Int? {
        if count > EnglishExceptions.longest || count == 0 { return nil }
        if lengths[Int(scalars[0] & 255)] & (1 << UInt16(count)) == 0 { return nil }
        if outlines[Int(scalars[0] & 63)] & 1 &<< UInt64(scalars[count &- 1] & 63) == 0 { return nil }
        return search(scalars, count)
    }

    private func search(_ scalars: UnsafePointer<UInt32>, _ count: Int) -> Int? {
        let hash = EnglishExceptions.hash(scalars, count)
        var slot = Int(truncatingIfNeeded: hash &>> 40) & (slots.count - 1)
        while slots[slot] != 0 {
            if (slots[slot] ^ hash) &>> 16 == 0 {
                let index = Int(slots[slot] & 0xFFFF) - 1
                let form = forms[index].scalars
                if form.count == count, (0..<count).allSatisfy({ form[$0] == scalars[$0] }) { return index }
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private mutating func insert(_ index: Int) {
        let scalars = forms[index].scalars
        let hash = scalars.withUnsafeBufferPointer { EnglishExceptions.hash($0.baseAddress!, $0.count) }
        var slot = Int(truncatingIfNeeded: hash &>> 40) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = hash & ~0xFFFF | UInt64(index + 1)
        lengths[Int(scalars[0] & 255)] |= 1 << UInt16(scalars.count)
        outlines[Int(scalars[0] & 63)] |= 1 << UInt64(scalars[scalars.count - 1] & 63)
    }

    private static func hash(_ scalars: UnsafePointer<UInt32>, _ count: Int) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in 0..<count { hash = (hash ^ UInt64(scalars[index])) &* 0x9E37_79B9_7F4A_7C15 }
        return hash ^ (hash &>> 29)
    }

    private static func curly(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "'" ? "\u{2019}" : $0 }))
    }

    private static func capital(_ word: String) -> String {
        word.prefix(1).uppercased() + word.dropFirst()
    }

    private static func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    /// Every form as its words, with straight apostrophes.
    private static func written() -> [[String]] {
        contractions() + apostrophes() + times() + abbreviations() + faces() + [
            ["\\t"], ["\\n"], ["\u{2014}"], ["'"], ["\\\")"], ["<space>"], ["''"], ["C++"], ["and/or"], ["w/o"],
            ["\u{2018}S"], ["\u{2018}s"],
        ]
            + "cfkCFK".map { ["°", String($0), "."] }
    }

    private static func contractions() -> [[String]] {
        // What may follow a word, a bar between its words; each also stands without its apostrophes.
        var tails: [String: [String]] = [:]
        for word in words("i you he she it we they who what when where why how there that this these those") {
            tails[word] = ["'ll", "'ll|'ve", "'d", "'d|'ve"]
        }
        for word in words("i you we they who what when where why how there these those") { tails[word]! += ["'ve"] }
        for word in words("you we they who what when where why how there these those") { tails[word]! += ["'re"] }
        for word in words("he she it who what when where why how there that this") { tails[word]! += ["'s"] }
        tails["i"]! += ["'m", "'m|a"]
        for word in words("ca could do does did had may might must need ought sha should wo would") {
            tails[word] = ["n't", "n't|'ve"]
        }
        for word in words("could might must should would not") { tails[word, default: []] += ["'ve"] }
        for word in words("ai are is was were have has dare") { tails[word] = ["n't"] }
        // Without their apostrophe these are other words.
        let others = Set(words("ill its hell shell shed were well whore"))
        var list: [[String]] = []
        for word in tails.keys.sorted() {
            for tail in tails[word]! {
                let rest = tail.split(separator: "|").map(String.init)
                let bare = rest.map { $0.filter { $0 != "'" } }
                for first in [word, capital(word)] {
                    list.append([first] + rest)
                    if !others.contains(word + bare.joined()) { list.append([first] + bare) }
                }
            }
        }
        for (first, rest) in [("can", "not"), ("gon", "na"), ("got", "ta"), ("c'm", "on"), ("let", "'s")] {
            list += [[first, rest], [capital(first), rest]]
        }
        return list + [["y'", "all"], ["y", "all"], ["how", "'d", "'y"], ["How", "'d", "'y"]]
    }

    private static func apostrophes() -> [[String]] {
        var list: [String] = []
        for stem in words("doin goin nothin nuthin ol somethin lovin havin") {
            for word in [stem, capital(stem)] { list += [word, word + "'"] }
        }
        for word in words("em ll nuff") { list += [word, "'" + word] }
        for word in words("cause cos coz cuz") { list += ["'" + word, "'" + capital(word)] }
        list += words("'S 's 're 'd 'bout ma'am Ma'am o'clock O'clock")
        return list.map { [$0] }
    }

    private static func times() -> [[String]] {
        (1...12).flatMap { hour in ["a.m.", "am", "p.m.", "pm"].map { ["\(hour)", $0] } }
    }

    private static func abbreviations() -> [[String]] {
        let titles = "Adm Bros Corp Dr Gen Gov Inc Jr Ltd Md Messrs Mo Mont Mr Mrs Ms Mt Prof Rep Rev Sen St Co co vs"
        let months = "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec"
        let states =
            "Ak Ala Ariz Ark Calif Colo Conn Del Fla Ga Ia Id Ill Ind Kan Kans Ky La Mass Mich Minn Miss Neb Nebr Nev Okla Ore "
            + "Pa Tenn Va Wash Wis"
        let letters = "a b c d e f g h i j k l m n o p q r s t u v w x y z ä ö ü"
        let pairs = "a.m p.m v.s D.C Ph.D e.g E.g E.G i.e I.e I.E N.C N.D N.H N.J N.M N.Y S.C"
        return words([titles, months, states, letters, pairs].joined(separator: " ")).map { [$0 + "."] }
    }

    private static func faces() -> [[String]] {
        var list: [String] = []
        for mouth in words(") )) ))) ( (( ((( ] } / | P p O o 0 * 3 > X x D") { list += [":" + mouth, ":-" + mouth] }
        for mouth in words(") (") { list += [":'" + mouth, ":'-" + mouth] }
        for mouth in words(") -) D -D") { list += [";" + mouth, "8" + mouth] }
        for mouth in words(") ( ] [ / | 3 D") { list.append("=" + mouth) }
        for eyes in words(": -: ; -; = -8 o:") { list.append("(" + eyes) }
        for eyes in words(": -: =") { list.append("[" + eyes) }
        for (left, right) in zip(words("o o O O 0 o 0"), words("o O o O o 0 0")) {
            list += [left + "_" + right, left + "." + right]
        }
        for face in words("^_^ -_- ._. >_< *_* ¬_¬ ಠ_ಠ") { list.append("(" + face + ")") }
        list += words(":1 :() :o) ): )-: >:( >:o ]= xD XD xDD XDD <3 <33 <333 </3 ^_^ ^__^ ^___^ -_- -__- ;_; @_@ ._.")
        list += words(">.< >.> <.< v.v V.V v_v V_V ಠ_ಠ ಠ︵ಠ ¯\\(ツ)/¯ (╯°□°）╯︵┻━┻ ><(((*>")
        return list.map { [$0] }
    }
}

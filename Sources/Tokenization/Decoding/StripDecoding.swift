/// Takes one character off the ends of every token, up to so many times.
struct StripDecoding: DecodingStep {
    let character: [UInt8]
    let start: Int
    let stop: Int
    private var token = WholeToken()
    private var stripped = 0
    private var isAtStart = true

    var summary: String {
        "strip \(String(decoding: character, as: UTF8.self).debugDescription) \(start) \(stop)"
    }

    init(character: [UInt8], start: Int, stop: Int) {
        self.character = character
        self.start = start
        self.stop = stop
    }

    mutating func take(_ text: DecodedText, into out: inout [DecodedText]) {
        var text = text
        if stop > 0 {
            guard let whole = token.take(text) else { return }
            text.bytes = whole
        }
        while isAtStart, stripped < start, text.bytes.starts(with: character) {
            text.bytes.removeFirst(character.count)
            stripped += 1
        }
        if !text.bytes.isEmpty { isAtStart = false }
        for _ in 0..<stop where text.bytes.suffix(character.count).elementsEqual(character) {
            text.bytes.removeLast(character.count)
        }
        if text.endsToken { (stripped, isAtStart) = (0, true) }
        out.append(text)
    }
}

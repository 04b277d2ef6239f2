/// Makes spaces of the sign for them; in the first token it is left out where encoding may have put it.
struct MetaspaceDecoding: DecodingStep {
    let sign: [UInt8]
    let dropsInFirst: Bool
    private var token = WholeToken()
    private var isFirst = true

    init(sign: [UInt8], dropsInFirst: Bool) {
        self.sign = sign
        self.dropsInFirst = dropsInFirst
    }

    var summary: String { "metaspace \(String(decoding: sign, as: UTF8.self))" }

    mutating func take(_ text: DecodedText, into out: inout [DecodedText]) {
        guard let whole = token.take(text) else { return }
        let change = ReplaceNormalizer(pattern: .string(sign), content: isFirst && dropsInFirst ? [] : [0x20])
        var changed: [UInt8] = []
        whole.withUnsafeBufferPointer { change.append($0, to: &changed) }
        isFirst = false
        out.append(DecodedText(bytes: changed))
    }
}

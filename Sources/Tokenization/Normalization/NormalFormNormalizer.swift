/// NFC, NFD, NFKC or NFKD.
struct NormalFormNormalizer: Normalizer {
    enum Form: String, Sendable { case nfc, nfd, nfkc, nfkd }
    let form: Form

    var summary: String { form.rawValue }

    private var tables: NormalForm {
        switch form {
        case .nfc: .c
        case .nfd: .d
        case .nfkc: .kc
        case .nfkd: .kd
        }
    }

    func mayChange(_ text: UnsafeBufferPointer<UInt8>) -> Bool { tables.mayChange(text) }
    func append(_ text: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) { tables.append(text, to: &out) }
}

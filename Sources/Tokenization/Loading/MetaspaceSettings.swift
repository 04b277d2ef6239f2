/// What a Metaspace says, as pre-tokenizer and as decoder, in files of all versions.
enum MetaspaceSettings {
    static func read(_ step: PlacedElement) throws -> (sign: [UInt8], prefix: MetaspacePreTokenizer.Prefix) {
        let sign = try step.string("replacement")
        guard sign.unicodeScalars.count == 1 else { throw step.malformed("a replacement of one character") }
        if try !step.bool("add_prefix_space", true) { return (Array(sign.utf8), .never) }
        let name = try step.optionalString("prepend_scheme") ?? "always"
        guard let prefix = MetaspacePreTokenizer.Prefix(rawValue: name) else {
            throw step.unsupported("prepend_scheme \(name)", "always, first or never")
        }
        return (Array(sign.utf8), prefix)
    }
}

import Files

extension TokenizerDefinition {
    /// SHA-256 of everything that decides about ids, in one fixed order.
    func digest() -> String {
        var digest = SHA256Digest()
        digest.update("shardmill tokenizer 1")
        var numbers: [UInt32] = []
        var bytes: [UInt8] = []
        for id in 0..<UInt32(names.idLimit) {
            guard let written = names.writtenForm(of: id) else { continue }
            numbers += [id, UInt32(written.count)]
            bytes.append(contentsOf: written)
        }
        numbers += [TokenizerDefinition.noToken] + mergePairs + [TokenizerDefinition.noToken]
        numbers += [unknownToken ?? TokenizerDefinition.noToken] + templatePrefix
        numbers += [TokenizerDefinition.noToken] + templateSuffix
        digest.update(bytes)
        numbers.map { $0.littleEndian }.withUnsafeBytes { digest.update($0) }
        let changes = Set(normalizers.steps.map(\.summary)) == ["nfc"] ? ["nfc"] : normalizers.steps.map(\.summary)
        let normalization = changes.isEmpty ? "none" : changes.joined(separator: "; ")
        switch splitting {
        case .scanned(let scan):
            digest.update("\(ignoresMerges) \(fusesUnknown) \(normalization) \(scan.pattern.rawValue)")
            digest.update("\(scan.isolatesDigits) \(scan.addsPrefixSpace)")
        case .stepwise(let steps):
            digest.update("\(ignoresMerges) \(fusesUnknown) \(normalization)")
            digest.update(steps.map(\.summary).joined(separator: "; "))
        }
        if let characters { digest.update(characters.summary) }
        for token in addedTokens {
            digest.update(token.content)
            digest.update(
                "\(token.id) \(token.isSpecial) \(token.isSingleWord) \(token.stripsLeft) \(token.stripsRight)")
            digest.update("\(token.isNormalized && !normalizers.isEmpty)")
        }
        return digest.hexadecimal()
    }
}

import Files

extension TokenizerDefinition {
    /// SHA-256 of everything that decides about ids, in one fixed order.
    func digest() -> String {
        var digest = SHA256Digest()
        digest.update("shardmill tokenizer 1")
        names.forEachWrittenStretch { digest.update($0) }
        var numbers: [UInt32] = []
        numbers.reserveCapacity(names.count * 2 + mergePairs.count + templatePrefix.count + templateSuffix.count + 8)
        names.appendLengths(to: &numbers)
        numbers.append(TokenizerDefinition.noToken)
        numbers.append(contentsOf: mergePairs)
        numbers.append(TokenizerDefinition.noToken)
        numbers.append(unknownToken ?? TokenizerDefinition.noToken)
        numbers.append(contentsOf: templatePrefix)
        numbers.append(TokenizerDefinition.noToken)
        numbers.append(contentsOf: templateSuffix)
        if UInt32(1).littleEndian != 1 { numbers = numbers.map(\.littleEndian) }
        numbers.withUnsafeBytes { digest.update($0) }
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

import Files

/// Reads `vocab.json` with `merges.txt`, the form that came with GPT-2.
///
/// The two files say neither how texts are split nor which tokens are special. Both are read off their content:
///
/// - A merge that joins a sign and a letter (`(s`, `.get`) can come only from the patterns where one sign leads a word. Of
///   these, merges of two digits mean Llama 3's (three digits), none Qwen2's, whose tokenizer also normalises to NFC.
/// - Otherwise the pattern is GPT-2's; where there are no merges with a digit at all, digits were split off one by one.
/// - Tokens that are neither a byte nor the result of a merge and are written like markup (`<|endoftext|>`) are special;
///   `tokenizer_config.json` and `added_tokens.json` beside the files are believed first.
enum VocabularyAndMerges {
    static func read(
        _ vocabulary: (path: String, bytes: [UInt8]), _ merges: (path: String, bytes: [UInt8]),
        _ settings: TokenizerSettings
    ) throws -> TokenizerDefinition {
        var reader = try JSONParser().parse(vocabulary.bytes, name: vocabulary.path) { root in
            try ModelReader(vocabulary: PlacedElement(element: root, path: vocabulary.path, place: "vocabulary"))
        }
        try readMerges(merges.path, merges.bytes, &reader)
        var definition = reader.definition()
        let results = Set(resultIDs(definition))
        var scan = choosePattern(&definition, results)
        scan.addsPrefixSpace = settings.addsPrefixSpace && scan.pattern == .gpt2
        definition.splitting = .scanned(scan)
        definition.form = "vocab.json and merges.txt"
        let bytes = Set(definition.byteTokens)
        var tokens = settings.addedTokens
        for id in 0..<UInt32(definition.modelIDLimit) where !results.contains(id) && !bytes.contains(id) {
            guard let written = definition.names.writtenForm(of: id) else { continue }
            let token = AddedToken(content: String(decoding: written, as: UTF8.self), id: id, isSpecial: false)
            if token.isControl, !tokens.contains(where: { $0.id == id }) {
                tokens.append(AddedToken(content: token.content, id: id))
            }
        }
        try definition.add(tokens, path: vocabulary.path) { "added token \"\(tokens[$0].content)\"" }
        return definition
    }

    private static func readMerges(_ path: String, _ bytes: [UInt8], _ reader: inout ModelReader) throws {
        try bytes.withUnsafeBytes { text in
            reader.expectMerges(text.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) })
            var number = 0
            var lines: [Int] = []
            for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
                number += 1
                var line = line
                if line.last == 0x0D { line = line.dropLast() }
                if line.isEmpty || (number == 1 && line.starts(with: "#version".utf8)) { continue }
                guard let space = line.firstIndex(of: 0x20), !line[(space + 1)...].contains(0x20) else {
                    try reader.finishMerges(path: path) { "line \(lines[$0])" }
                    throw TokenizerFailure.malformed(
                        path: path, place: "line \(number)", expected: "two tokens with a space between them",
                        found: "\"\(String(decoding: line.prefix(80), as: UTF8.self))\"")
                }
                lines.append(number)
                try reader.merge(
                    UnsafeRawBufferPointer(rebasing: line[..<space]),
                    UnsafeRawBufferPointer(rebasing: line[(space + 1)...]), path: path
                ) { "line \(lines[$0])" }
            }
            try reader.finishMerges(path: path) { "line \(lines[$0])" }
        }
    }

    private static func resultIDs(_ definition: TokenizerDefinition) -> [UInt32] {
        var ids: [UInt32] = []
        for index in stride(from: 0, to: definition.mergePairs.count, by: 2) {
            let merge = definition.merges.merge(definition.mergePairs[index], definition.mergePairs[index + 1])
            if merge != MergeTable.none { ids.append(UInt32(truncatingIfNeeded: merge)) }
        }
        return ids
    }

    private static func choosePattern(
        _ definition: inout TokenizerDefinition, _ results: Set<UInt32>
    ) -> Pretokenization {
        var hasLeadingSign = false
        var hasDigits = false
        var hasDigitPairs = false
        for id in results {
            guard let bytes = definition.names.bytes(of: id), let first = bytes.first else { continue }
            let second = bytes[bytes.startIndex + 1]
            if isSign(first), isLetter(second) { hasLeadingSign = true }
            if bytes.contains(where: isDigit) { hasDigits = true }
            if isDigit(first), isDigit(second) { hasDigitPairs = true }
        }
        if hasLeadingSign {
            if !hasDigitPairs { definition.normalizers.steps = [NormalFormNormalizer(form: .nfc)] }
            return Pretokenization(pattern: hasDigitPairs ? .llama3 : .qwen2)
        }
        return Pretokenization(pattern: .gpt2, isolatesDigits: !hasDigits && !results.isEmpty)
    }

    private static func isSign(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "'") && !isLetter(byte) && !isDigit(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}

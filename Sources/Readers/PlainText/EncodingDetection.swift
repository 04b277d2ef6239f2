import Glibc

/// Finds the encoding of bytes that are no UTF-8, by what the text would be: a naive Bayes decision.
///
/// Every candidate decodes the sample; the probability of the text that comes out is estimated from letter frequencies of the
/// languages that the encoding writes (`LetterFrequencies`), from letters in the wrong case and symbols inside words, and from bytes
/// that the encoding does not allow. Candidates that give the same text are one. The best is taken only where it leads the next by a
/// margin and is as probable as text usually is: a wrong guess must be rarer than a refusal.
enum EncodingDetection {
    /// The result, with the names of the best candidates for a message.
    enum Verdict {
        case found(TextEncoding)
        case undecided([String])
    }

    /// A candidate and how well it fits.
    struct Candidate {
        let name: String
        let score: Double
    }

    /// Bytes of lines that hold something beyond ASCII that are looked at.
    static let sampleBytes = 1 << 15
    /// The best must lead by this in all (e⁷ to 1) and by this for each byte beyond ASCII.
    static let marginInAll = 7.0
    static let marginForByte = 0.03
    /// Text of no language is this improbable for each byte.
    static let leastForByte = -6.0

    static func detect(_ bytes: UnsafeRawBufferPointer) -> Verdict {
        let sample = sample(bytes)
        let beyond = Double(sample.count { $0 >= 0x80 })
        let ranked = candidates(sample)
        guard let best = ranked.first else { return .undecided([]) }
        let lead = ranked.count > 1 ? best.score - ranked[1].score : .infinity
        if lead >= max(marginInAll, marginForByte * beyond), best.score >= leastForByte * beyond {
            return .found(TextEncoding(rawValue: best.name))
        }
        return .undecided(ranked.prefix(3).map(\.name))
    }

    /// The lines of `bytes` that hold something beyond ASCII, up to a bound.
    static func sample(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var sample: [UInt8] = []
        var start = 0
        while start < bytes.count, sample.count < sampleBytes {
            var end = bytes.count
            if let hit = memchr(bytes.baseAddress! + start, 0x0A, bytes.count - start) {
                end = bytes.baseAddress!.distance(to: hit) + 1
            }
            end = min(end, start + sampleBytes)
            let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            if line.contains(where: { $0 >= 0x80 }) { sample.append(contentsOf: line) }
            start = end
        }
        return sample
    }

    /// All candidates, the best first; of those that give one text the first in `singleByteNames`, the one in wider use.
    static func candidates(_ sample: [UInt8]) -> [Candidate] {
        var ranked: [(candidate: Candidate, text: [UInt8])] = []
        func add(_ name: String, _ score: Double, _ text: [UInt8]) {
            let prior = name == "windows-1252" ? 3.0 : name == "windows-1251" || name == "GB18030" ? 1 : 0
            if ranked.contains(where: { $0.text == text }) { return }
            ranked.append((Candidate(name: name, score: score + prior), text))
        }
        for table in SingleByteTable.all {
            add(table.name, table.score(sample), table.decoded(sample))
        }
        for (name, scripts) in multiByte {
            var text: [UInt8] = []
            let bad = decode(sample, name, &text)
            let best = scripts.map { score(text, $0) }.max() ?? -.infinity
            add(name, best + Double(bad) * LetterFrequencies.impossible, text)
        }
        return ranked.map(\.candidate).sorted { $0.score > $1.score }
    }

    /// GB18030 holds every script, Big5 as used in Hong Kong kana too.
    private static let multiByte: [(String, [LetterFrequencies.Script])] = [
        (
            "GB18030",
            [
                LetterFrequencies.simplifiedChinese, LetterFrequencies.traditionalChinese, LetterFrequencies.japanese,
                LetterFrequencies.korean,
            ]
        ), ("BIG5-HKSCS", [LetterFrequencies.traditionalChinese, LetterFrequencies.japanese]),
        ("CP932", [LetterFrequencies.japanese]), ("EUC-JP", [LetterFrequencies.japanese]),
        ("CP949", [LetterFrequencies.korean]),
    ]

    private static func decode(_ sample: [UInt8], _ name: String, _ text: inout [UInt8]) -> Int {
        var converter = TextConverter(TextEncoding(rawValue: name))
        var bad = 0
        _ = sample.withUnsafeBytes { bytes in
            converter.convert(bytes, into: &text) { _ in
                bad += 1
                return true
            }
        }
        return bad
    }

    private static func score(_ text: [UInt8], _ script: LetterFrequencies.Script) -> Double {
        var score = 0.0
        for scalar in String(decoding: text.filter { $0 != 0xFF }, as: UTF8.self).unicodeScalars {
            if scalar.value >= 0x80 {
                score += script.logarithm(scalar.value)
            } else if SingleByteTable.isControl(UInt8(scalar.value)) {
                score += LetterFrequencies.impossible
            }
        }
        return score
    }
}

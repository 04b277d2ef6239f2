import Parallel

/// Number, version and title of the document at an index: a function of seed and index alone, so that any document can name
/// any other without making it.
struct SpecificationIdentity {
    let index: Int
    let isReport: Bool
    let series: Int
    let number: Int
    let part: Int
    let major: Int
    let minor: Int
    let editorial: Int
    let year: Int
    let month: Int
    private let titleSeed: UInt64

    init(seed: UInt64, index: Int) {
        self.index = index
        // 38 series of 900 numbers, all above those of real publishers; then numbered parts.
        series = 62 + index % 38
        number = 100 + index / 38 % 900
        part = index / (38 * 900)
        var random = SeededRandom(seed: KeyedHash.mix(UInt64(index), seed: seed ^ 0x1DE4))
        isReport = random.nextInt(below: 8) == 0
        major = 1 + random.nextInt(below: 3)
        minor = random.nextInt(below: 10)
        editorial = random.nextInt(below: 4)
        year = 2030 + major * 2 + random.nextInt(below: 2)
        month = 1 + random.nextInt(below: 12)
        titleSeed = random.next()
    }

    /// `lgf-71.204-v1.3.0`: the document's id and the stem of its file name.
    func appendName(to out: inout ByteBuffer) {
        out.append("lgf-")
        appendNumber(to: &out)
        out.append("-v")
        appendVersion(to: &out)
    }

    /// `71.204`, or `71.204-1`.
    func appendNumber(to out: inout ByteBuffer) {
        out.append(number: series)
        out.append(0x2E)
        out.append(number: number)
        if part > 0 {
            out.append(0x2D)
            out.append(number: part)
        }
    }

    func appendVersion(to out: inout ByteBuffer) {
        out.append(number: major)
        out.append(0x2E)
        out.append(number: minor)
        out.append(0x2E)
        out.append(number: editorial)
    }

    /// `2034-05`.
    func appendDate(to out: inout ByteBuffer) {
        out.append(number: year)
        out.append(month < 10 ? "-0" : "-")
        out.append(number: month)
    }

    /// `LGF TS 71.204`.
    func appendReference(to out: inout ByteBuffer) {
        out.append(isReport ? "LGF TR " : "LGF TS ")
        appendNumber(to: &out)
    }

    /// `Lumen Grid; Relay metering; Outgoing buffer protocol`.
    func appendTitle(_ words: SharedWords, to out: inout ByteBuffer) {
        var random = SeededRandom(seed: titleSeed)
        out.append("Lumen Grid; ")
        out.append(words.themes.pick(&random), .title)
        out.append(0x20)
        out.append(words.themes.pick(&random))
        out.append("; ")
        out.append(words.adjectives.pick(&random), .title)
        out.append(0x20)
        out.append(words.nouns.pick(&random))
        out.append(0x20)
        out.append(words.kinds.pick(&random))
    }
}

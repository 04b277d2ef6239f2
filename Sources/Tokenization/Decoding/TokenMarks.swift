/// The bytes of tokens, entered in the order of the text; what is entered again holds.
struct TokenMarks {
    /// Where in what the tokens say each begins, and the end.
    let firsts: [Int]
    private var token = 0
    private var starts: [Int]
    private var ends: [Int]

    init(firsts: [Int]) {
        self.firsts = firsts
        starts = [Int](repeating: -1, count: firsts.count - 1)
        ends = starts
    }

    /// What is said there was made of these bytes.
    mutating func add(_ said: Range<Int>, _ read: Range<Int>) {
        forEach(said) { starts, ends, own in
            if own.lowerBound >= said.lowerBound { starts = read.lowerBound }
            ends = read.upperBound
        }
    }

    /// What is said there stands at `read`, byte for byte.
    mutating func addSame(_ said: Range<Int>, from read: Int) {
        forEach(said) { starts, ends, own in
            if own.lowerBound >= said.lowerBound { starts = read + own.lowerBound - said.lowerBound }
            ends = read + min(own.upperBound, said.upperBound) - said.lowerBound
        }
    }

    private mutating func forEach(_ said: Range<Int>, _ body: (inout Int, inout Int, Range<Int>) -> Void) {
        while token > 0, firsts[token] > said.lowerBound { token -= 1 }
        while token < starts.count, firsts[token + 1] <= said.lowerBound { token += 1 }
        var next = token
        while next < starts.count, firsts[next] < said.upperBound {
            if firsts[next] < firsts[next + 1] {
                body(&starts[next], &ends[next], firsts[next]..<firsts[next + 1])
            }
            next += 1
        }
    }

    /// With what became no token given to the token before it.
    func places(in count: Int) -> TokenPlaces {
        var (starts, ends) = (starts, ends)
        var last = 0
        for token in starts.indices {
            if starts[token] < 0 { (starts[token], ends[token]) = (last, last) }
            last = ends[token]
        }
        starts[0] = 0
        for token in starts.indices {
            let next = token + 1 < starts.count ? starts[token + 1] : count
            ends[token] = max(ends[token], next, token > 0 ? ends[token - 1] : 0)
        }
        return TokenPlaces(starts: starts, ends: ends)
    }
}

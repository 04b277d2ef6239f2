/// Searches one text for one expression: backtracking that remembers, once it has become long, which steps fail where.
///
/// Nothing in a program depends on how a step was reached (there are no captures), so a step that failed at a place fails
/// there for ever, in this match and in all later ones of the text. Time is bounded by the steps of the program times the
/// bytes of the text, memory by a bit for each and by one entry of the stack for every way that is left open, of which a loop leaves one
/// or two each time it goes round; both together by `mostMemory`.
struct RegularExpressionMatcher {
    private let program: RegularExpressionProgram
    private let bytes: UnsafePointer<UInt8>
    private let end: Int
    private var stack: [Entry] = []
    /// `memoCount` bits for each place; empty as long as it is not needed.
    private var failed: [UInt64] = []
    private var patience: Int
    private var freeEntries: Int
    /// More memory would have been needed: there may be matches that were not found.
    private(set) var isExhausted = false

    /// What to do when the way at hand fails.
    private enum Entry {
        case resume(at: Int, place: Int)
        /// A run of characters that can give back what is above `low`.
        case shorten(at: Int, low: Int, high: Int)
        /// Everything from here has failed; with `through`, also from later places of the run.
        case remember(memo: Int, place: Int, through: Int)
    }

    /// A matcher of the `count` bytes at `bytes`, which must outlive it, in `mostMemory` bytes of scratch.
    init(
        _ program: RegularExpressionProgram, _ bytes: UnsafePointer<UInt8>, _ count: Int, mostMemory: Int = Int.max
    ) {
        self.program = program
        freeEntries = mostMemory / MemoryLayout<Entry>.stride
        self.bytes = bytes
        end = count
        patience = program.needsMemo ? 0 : 4096 + 16 * count
        if program.needsMemo { beginMemo() }
    }

    /// The leftmost match that begins at `start` or later.
    mutating func firstMatch(from start: Int) -> Range<Int>? {
        var place = start
        while place <= end, !isExhausted {
            if let stop = match(0, place) { return place..<stop }
            if place == end { return nil }
            place += UTF8Decoding.character(bytes, place, end).count
        }
        return nil
    }

    private mutating func beginMemo() {
        let (bits, isTooMany) = program.memoCount.multipliedReportingOverflow(by: end + 1)
        let entries = bits / 8 / MemoryLayout<Entry>.stride
        if isTooMany || entries >= freeEntries { return exhaust() }
        freeEntries -= entries
        failed = [UInt64](repeating: 0, count: (program.memoCount * (end + 1) + 63) / 64)
    }

    /// Ends all that is being tried.
    private mutating func exhaust() {
        isExhausted = true
        patience = Int.max
        stack = []
        failed = []
    }

    private mutating func push(_ entry: Entry) {
        // An array that grows holds what it had, too.
        if stack.count >= freeEntries / 3 { exhaust() } else { stack.append(entry) }
    }

    private func hasFailed(_ memo: Int, _ place: Int) -> Bool {
        let bit = place * program.memoCount + memo
        return failed[bit >> 6] >> UInt64(bit & 63) & 1 != 0
    }

    private mutating func mark(_ memo: Int, _ place: Int, _ value: Bool) {
        let bit = place * program.memoCount + memo
        if value { failed[bit >> 6] |= 1 << UInt64(bit & 63) } else { failed[bit >> 6] &= ~(1 << UInt64(bit & 63)) }
    }

    /// Where the program ends that begins at `start`; nil where there is no way.
    private mutating func match(_ start: Int, _ place: Int) -> Int? {
        let floor = stack.count
        var step = start
        var place = place
        while !isExhausted {
            if let next = advance(step, &place) {
                if next >= 0 {
                    step = next
                    continue
                }
                forget(downTo: floor)
                return place
            }
            guard let next = backtrack(downTo: floor, &place) else { return nil }
            step = next
        }
        return nil
    }

    /// Does one step. Returns the next one, -1 at `accept`, nil where it fails.
    private mutating func advance(_ step: Int, _ place: inout Int) -> Int? {
        switch program.instructions[step] {
        case .character(let set):
            guard place < end else { return nil }
            let (codePoint, count) = UTF8Decoding.character(bytes, place, end)
            guard program.sets[set].contains(codePoint) else { return nil }
            place += count
            return step + 1
        case .split(let first, let second, let memo):
            if !failed.isEmpty {
                if hasFailed(memo, place) { return nil }
                mark(memo, place, true)
                push(.remember(memo: memo, place: place, through: place))
            }
            push(.resume(at: second, place: place))
            return first
        case .jump(let next): return next
        case .run(let set, let least, let most, let isPossessive, let memo):
            return run(step, program.sets[set], least, most, isPossessive, memo, &place)
        case .assertion(let assertion): return holds(assertion, place) ? step + 1 : nil
        case .atomic(let next):
            guard let stop = match(step + 1, place) else { return nil }
            place = stop
            return next
        case .lookahead(let isNegated, let next): return (match(step + 1, place) != nil) != isNegated ? next : nil
        case .lookbehind(let characters, let isNegated, let next):
            var start = place
            var count = 0
            while count < characters, start > 0 {
                start = UTF8Decoding.characterBefore(bytes, start, from: 0).first
                count += 1
            }
            return (count == characters && match(step + 1, start) != nil) != isNegated ? next : nil
        case .accept: return -1
        }
    }

    private mutating func run(
        _ step: Int, _ set: CharacterTest, _ least: Int, _ most: Int, _ isPossessive: Bool, _ memo: Int,
        _ place: inout Int
    ) -> Int? {
        let start = place
        let remembers = !failed.isEmpty && !isPossessive
        if remembers, hasFailed(memo, start) { return nil }
        var low = least == 0 ? start : -1
        var index = start
        var count = 0
        // A run that failed at a later place has tried all places behind it: only those before it are left.
        let stopsAtFailure = remembers && most == Int.max && least <= 1
        var before = start
        while index < end, count < most {
            if stopsAtFailure, index > start, hasFailed(memo, index) {
                if least == 0 { index = before }
                break
            }
            let (codePoint, length) = UTF8Decoding.character(bytes, index, end)
            if !set.contains(codePoint) { break }
            before = index
            index += length
            count += 1
            if count == least { low = index }
        }
        if low < 0 { return nil }
        place = index
        if isPossessive || low == index { return step + 1 }
        if remembers {
            mark(memo, start, true)
            // A run that begins later in this one ends where this one ends: it can only try places that failed here.
            push(.remember(memo: memo, place: start, through: most == Int.max ? index : start))
        }
        push(.shorten(at: step + 1, low: low, high: index))
        return step + 1
    }

    private mutating func backtrack(downTo floor: Int, _ place: inout Int) -> Int? {
        if failed.isEmpty {
            patience -= 1
            if patience <= 0 { beginMemo() }
        }
        while stack.count > floor {
            switch stack.removeLast() {
            case .resume(let step, let from):
                place = from
                return step
            case .shorten(let step, let low, let high):
                let shorter = UTF8Decoding.characterBefore(bytes, high, from: 0).first
                // In the place that was just left.
                if shorter > low { stack.append(.shorten(at: step, low: low, high: shorter)) }
                place = shorter
                return step
            case .remember(let memo, let from, let through):
                var index = from + 1
                while index <= through, !hasFailed(memo, index) {
                    mark(memo, index, true)
                    index += 1
                }
            }
        }
        return nil
    }

    /// Drops what is above `floor`: ways that were not tried to their end have not failed.
    private mutating func forget(downTo floor: Int) {
        while stack.count > floor {
            if case .remember(let memo, let place, _) = stack.removeLast() { mark(memo, place, false) }
        }
    }

    private func holds(_ assertion: RegularExpressionNode.Assertion, _ place: Int) -> Bool {
        switch assertion {
        case .textStart: place == 0
        case .textEnd: place == end
        case .textEndOrLastLineEnd: place == end || (place == end - 1 && bytes[place] == 0x0A)
        case .lineStart: place == 0 || (bytes[place - 1] == 0x0A && place < end)
        case .lineEnd: place == end || bytes[place] == 0x0A
        case .wordBoundary: isWord(before: place) != isWord(at: place)
        case .notWordBoundary: isWord(before: place) == isWord(at: place)
        }
    }

    private func isWord(at place: Int) -> Bool {
        place < end && program.words.contains(UTF8Decoding.character(bytes, place, end).codePoint)
    }

    private func isWord(before place: Int) -> Bool {
        place > 0 && program.words.contains(UTF8Decoding.characterBefore(bytes, place, from: 0).codePoint)
    }
}

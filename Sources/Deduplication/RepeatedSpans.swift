import Files
import Glibc

/// Finds stretches of at least `length` units that stood in the text before: in an earlier document or earlier in the same one.
///
/// A *window* is `length` neighbouring units inside one document. It is *repeated* where an equal window begins at an earlier position, in
/// the order of documents and of units in them; windows may overlap. The repeated spans of a document are the union of its repeated
/// windows (`keep-first`): every unit in them stood before, among the same units. What repeats itself at a distance below `length`, such as
/// a row of dashes, keeps its first period.
///
/// The result is that of a suffix array over the same text, exactly: hashes only propose, units decide. Of the positions of a text about
/// five in `length` are remembered (`WindowAnchors`): the first occurrence of each anchor, and each window whose anchor was seen before with
/// other units around it. Time is linear in the text; memory for `length` 100 over bytes is the text and one to two times as much
/// again, six times where a text does nothing but repeat stretches just short of `length`.
///
/// Units are bytes, or integers of 16 or 32 bits such as token ids (`TextUnits` makes them of words). Not thread-safe: one object is fed in
/// the order of documents.
public final class RepeatedSpans {
    /// The smallest number of units that counts as a repetition.
    public let length: Int
    /// Bytes of a unit: 1, 2 or 4.
    public let unitBytes: Int
    /// Whether `places` remembers where repeated spans stood before.
    public let recordsPlaces: Bool
    /// For every repeated stretch the place where equal units stood before, counted in units over all documents; overlapping. Marked as
    /// well, these strike every occurrence, as the suffix-array tools do. Empty unless `recordsPlaces`.
    @exclusivity(unchecked) public private(set) var places: [Range<Int>] = []

    private let anchors: WindowAnchors
    @exclusivity(unchecked) private var anchorTable: PositionTable
    @exclusivity(unchecked) private var windowTable: PositionTable
    private let ownsText: Bool
    @exclusivity(unchecked) private var text: UnsafeMutableRawPointer
    @exclusivity(unchecked) private var capacity: Int
    /// The ends of the documents, in units.
    @exclusivity(unchecked) private var ends: [Int] = []

    // Of the document that is being scanned.
    @exclusivity(unchecked) private var start = 0
    @exclusivity(unchecked) private var end = 0
    /// The first window that is not known to be repeated.
    @exclusivity(unchecked) private var covered = 0
    @exclusivity(unchecked) private var spans: [Range<Int>] = []
    /// Anchors that wait for their look-up, their hashes, and the hashes of windows that do.
    private let waiting = UnsafeMutablePointer<Waiting>.allocate(capacity: RepeatedSpans.batch)
    private let anchorHashes = UnsafeMutablePointer<UInt64>.allocate(capacity: RepeatedSpans.batch)
    private let windowHashes = UnsafeMutablePointer<UInt64>.allocate(capacity: RepeatedSpans.batch)
    @exclusivity(unchecked) private var waitingCount = 0
    @exclusivity(unchecked) private var fetched: UInt64 = 0

    struct Waiting {
        var anchor: Int
        var first: Int
        var last: Int
    }

    /// Look-ups whose memory is fetched together.
    private static let batch = 32

    /// An empty object that keeps a copy of the units given to it. `expectedUnits` of all documents makes room in its tables at once.
    public init(length: Int, unitBytes: Int = 1, expectedUnits: Int = 0, recordsPlaces: Bool = false) {
        precondition(length > 0 && (unitBytes == 1 || unitBytes == 2 || unitBytes == 4))
        self.length = length
        self.unitBytes = unitBytes
        self.recordsPlaces = recordsPlaces
        anchors = WindowAnchors(length: length, unitBytes: unitBytes)
        anchorTable = PositionTable(capacity: RepeatedSpans.expectedAnchors(expectedUnits, length: length))
        windowTable = PositionTable(capacity: 0)
        ownsText = true
        capacity = max(1 << 12, expectedUnits * unitBytes + RepeatedSpans.padding)
        text = malloc(capacity)!
    }

    /// An object over the units of all documents, one behind the other, which it does not copy: a mapped file, say. They must outlive it and
    /// have `padding` readable bytes behind them where `length` units are fewer than 16 bytes.
    public init(borrowing text: UnsafeRawBufferPointer, length: Int, unitBytes: Int = 1, recordsPlaces: Bool = false) {
        precondition(length > 0 && (unitBytes == 1 || unitBytes == 2 || unitBytes == 4))
        self.length = length
        self.unitBytes = unitBytes
        self.recordsPlaces = recordsPlaces
        anchors = WindowAnchors(length: length, unitBytes: unitBytes)
        anchorTable = PositionTable(
            capacity: RepeatedSpans.expectedAnchors(text.count / unitBytes, length: length))
        windowTable = PositionTable(capacity: 0)
        ownsText = false
        capacity = text.count
        self.text = UnsafeMutableRawPointer(mutating: text.baseAddress ?? UnsafeRawPointer(bitPattern: 8)!)
    }

    deinit {
        if ownsText { free(text) }
        waiting.deallocate()
        anchorHashes.deallocate()
        windowHashes.deallocate()
    }

    /// Bytes that may be read behind the last unit.
    public static let padding = 8

    private static func expectedAnchors(_ units: Int, length: Int) -> Int {
        units / (length - WindowAnchors.anchorLength(of: length) + 2) * 3 / 2
    }

    /// Units of all documents so far.
    public var unitCount: Int { ends.last ?? 0 }

    /// Documents so far.
    public var documentCount: Int { ends.count }

    /// Bytes of memory of text and tables.
    public var memoryBytes: Int {
        (ownsText ? capacity : 0) + anchorTable.bytes + windowTable.bytes + ends.capacity * 8
    }

    /// Positions in the two tables: of anchors and of single windows.
    public var rememberedPositions: (anchors: Int, windows: Int) { (anchorTable.count, windowTable.count) }

    /// Takes the next document and returns its repeated spans, in units of the document, in order, not touching each other.
    public func append<Unit: FixedWidthInteger & UnsignedInteger>(_ document: UnsafeBufferPointer<Unit>) throws
        -> [Range<Int>]
    {
        precondition(MemoryLayout<Unit>.size == unitBytes && ownsText)
        return try append(bytes: UnsafeRawBufferPointer(document))
    }

    /// Takes the next document.
    public func append<Unit: FixedWidthInteger & UnsignedInteger>(_ document: [Unit]) throws -> [Range<Int>] {
        try document.withUnsafeBufferPointer { try append($0) }
    }

    private func append(bytes document: UnsafeRawBufferPointer) throws -> [Range<Int>] {
        let used = unitCount * unitBytes
        let needed = used + document.count + RepeatedSpans.padding
        if needed > capacity {
            // Pages behind the text are not touched, so the reserve costs addresses only.
            capacity = max(needed, capacity + capacity / 2)
            guard let grown = realloc(text, capacity) else {
                throw FileFailure.system(path: "repeated spans", operation: "allocate \(capacity) bytes", code: ENOMEM)
            }
            text = grown
        }
        if let source = document.baseAddress { memcpy(text + used, source, document.count) }
        return try scan(document.count / unitBytes)
    }

    /// Takes the next `count` units of the borrowed text as a document and returns its repeated spans as `append` does.
    public func advance(by count: Int) throws -> [Range<Int>] {
        precondition(!ownsText && count >= 0 && (unitCount + count) * unitBytes <= capacity)
        return try scan(count)
    }

    private func scan(_ count: Int) throws -> [Range<Int>] {
        start = unitCount
        end = start + count
        if end >= PositionTable.limit {
            throw FileFailure.tooLarge(
                path: "repeated spans", limit: PositionTable.limit, hint: "split the documents into several runs")
        }
        ends.append(end)
        covered = start
        spans.removeAll(keepingCapacity: true)
        let origin = start
        anchors.forEach(text + start * unitBytes, units: count) { anchor, first, last in
            if origin &+ last < covered { return }
            waiting[waitingCount] = Waiting(anchor: origin &+ anchor, first: origin &+ first, last: origin &+ last)
            waitingCount &+= 1
            if waitingCount == RepeatedSpans.batch { takeWaiting() }
        }
        takeWaiting()
        return spans.map { $0.lowerBound - origin..<$0.upperBound - origin }
    }

    /// Where the document that `position` stands in ends.
    private func documentEnd(of position: Int) -> Int {
        if position >= start { return end }
        var low = 0
        var high = ends.count - 1
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] > position { high = middle } else { low = middle + 1 }
        }
        return ends[low]
    }

    /// Where it begins.
    private func documentStart(of position: Int) -> Int {
        if position >= start { return start }
        var low = 0
        var high = ends.count - 1
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] > position { high = middle } else { low = middle + 1 }
        }
        return low == 0 ? 0 : ends[low - 1]
    }

    private func takeWaiting() {
        let count = waitingCount
        waitingCount = 0
        let anchorBytes = anchors.anchorLength &* unitBytes
        for index in 0..<count {
            let here = UnsafeRawPointer(text) + waiting[index].anchor &* unitBytes
            anchorHashes[index] = XXHash3.hash64(UnsafeRawBufferPointer(start: here, count: anchorBytes))
        }
        fetched ^= anchorTable.fetch(
            UnsafeBufferPointer(start: anchorHashes, count: count), text, unitBytes: unitBytes)
        for index in 0..<count {
            take(waiting[index].anchor, waiting[index].first, waiting[index].last, anchorHashes[index])
        }
    }

    /// Decides about the windows `first ... last`, whose anchor is at `anchor`.
    ///
    /// An equal window before has its anchor at the same place, so it is found either beside the first occurrence of the anchor, by
    /// comparing outwards, or among the windows that were remembered because they differ from those beside the first occurrence. A window
    /// that is repeated is never remembered: the one that it repeats is.
    private func take(_ anchor: Int, _ first: Int, _ last: Int, _ hash: UInt64) {
        let first = max(first, covered)
        if first > last { return }
        let anchorBytes = anchors.anchorLength &* unitBytes
        let here = UnsafeRawPointer(text) + anchor &* unitBytes
        let text = UnsafeRawPointer(text)
        let bytes = unitBytes
        let earlier = anchorTable.findOrInsert(hash, anchor) { memcmp(text + $0 &* bytes, here, anchorBytes) == 0 }
        guard let earlier else { return }
        let there = text + earlier &* bytes
        let back = min(anchor &- first, earlier &- documentStart(of: earlier))
        let left = CommonBytes.backward(here, there, limit: back &* bytes) / bytes
        let room = min(end &- anchor, documentEnd(of: earlier) &- earlier) &* bytes
        let right = CommonBytes.forward(here + anchorBytes, there + anchorBytes, limit: room &- anchorBytes) / bytes
        let matchStart = anchor &- left
        let matchEnd = anchor &+ anchors.anchorLength &+ right
        // A stretch that begins behind the last window leaves those between to later anchors, which find it themselves.
        if matchEnd &- matchStart < length || matchStart > last {
            takeWindows(first, last)
            return
        }
        takeWindows(first, matchStart &- 1)
        if matchEnd &- length >= covered { mark(max(matchStart, covered), matchEnd, distance: anchor &- earlier) }
        takeWindows(max(covered, matchStart), last)
    }

    /// Looks windows up one by one, and remembers those that are new.
    private func takeWindows(_ first: Int, _ last: Int) {
        let text = UnsafeRawPointer(text)
        let bytes = unitBytes
        let windowBytes = length &* bytes
        var window = max(first, covered)
        while window <= last {
            let origin = window
            let batch = min(RepeatedSpans.batch, last &- window &+ 1)
            for index in 0..<batch {
                windowHashes[index] = XXHash3.hash64(
                    UnsafeRawBufferPointer(start: text + (origin &+ index) &* bytes, count: windowBytes))
            }
            fetched ^= windowTable.fetch(
                UnsafeBufferPointer(start: windowHashes, count: batch), text, unitBytes: bytes)
            while window < origin &+ batch {
                let here = text + window &* bytes
                let earlier = windowTable.findOrInsert(windowHashes[window &- origin], window) {
                    memcmp(text + $0 &* bytes, here, windowBytes) == 0
                }
                guard let earlier else {
                    window &+= 1
                    continue
                }
                let room = min(end &- window, documentEnd(of: earlier) &- earlier) &* bytes
                let more = CommonBytes.forward(
                    here + windowBytes, text + earlier &* bytes + windowBytes, limit: room &- windowBytes)
                mark(window, window &+ length &+ more / bytes, distance: window &- earlier)
                window = covered
            }
        }
    }

    /// All windows of `from ..< to` are repeated, those before `to` - `length` + 1 decided.
    private func mark(_ from: Int, _ to: Int, distance: Int) {
        covered = to &- length &+ 1
        if recordsPlaces { places.append(from - distance..<to - distance) }
        if let last = spans.last, last.upperBound >= from {
            spans[spans.count - 1] = last.lowerBound..<max(last.upperBound, to)
        } else {
            spans.append(from..<to)
        }
    }
}

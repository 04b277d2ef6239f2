import Files
import Glibc

/// Learns a BPE vocabulary from texts, byte-level or as SentencePiece does: the merges that Hugging Face's `BpeTrainer` learns from them.
///
/// Texts are added in any order; threads may each fill a `sibling` and the first `absorb`s them: the result is the same. Counting takes
/// the memory it is given and goes on in temporary files; merging takes some 250 to 350 bytes for each different piece of the texts,
/// however often it was seen.
public struct BPETrainer: ~Copyable, Sendable {
    /// What is learnt.
    public let options: Options
    private let pretokenization: Pretokenization
    private let normalizers: NormalizerChain
    private let spill: PieceSpill
    private var counts: PieceCounts
    private var scratch = FlatMemory<UInt8>()
    /// Bytes added so far.
    public private(set) var bytesSeen = 0

    /// A trainer that has seen nothing. `memory`: bytes that counting may take. Throws `TokenizerFailure.impossibleTraining` for options
    /// that make no sense.
    public init(_ options: Options, memory: Int = 1 << 30) throws {
        try options.check()
        self.init(options, memory, PieceSpill())
    }

    private init(_ options: Options, _ memory: Int, _ spill: PieceSpill) {
        self.options = options
        self.spill = spill
        counts = PieceCounts(memory: memory, spill: spill)
        switch options.pattern {
        case .gpt2: pretokenization = Pretokenization(pattern: .gpt2)
        case .gpt2Digits: pretokenization = Pretokenization(pattern: .gpt2, isolatesDigits: true)
        case .qwen2: pretokenization = Pretokenization(pattern: .qwen2)
        case .llama3: pretokenization = Pretokenization(pattern: .llama3)
        case .metaspace: pretokenization = Pretokenization(pattern: .whole)
        }
        var normalizers = NormalizerChain()
        switch options.normalization {
        case .none: break
        case .nfc: normalizers.steps = [NormalFormNormalizer(form: .nfc)]
        case .nfkc: normalizers.steps = [NormalFormNormalizer(form: .nfkc)]
        }
        self.normalizers = normalizers
    }

    /// A trainer for another thread, with the same options, memory and temporary files, that has seen nothing.
    public func sibling() -> BPETrainer {
        BPETrainer(options, counts.memory, spill)
    }

    /// How many different pieces are in memory; those in temporary files are not counted.
    public var pieceCount: Int { counts.countInMemory }

    /// Whether all counts are still in memory.
    public var isInMemory: Bool { counts.isInMemory }

    /// Counts the pieces of a text, each `times` times. Throws `FileFailure` where temporary files cannot be written.
    public mutating func add(_ text: UnsafeRawBufferPointer, times: Int = 1) throws {
        if times <= 0 || text.isEmpty { return }
        if text.count >= Int(UInt32.max) {
            throw FileFailure.tooLarge(path: "text", limit: Int(UInt32.max), hint: "cut the text into documents")
        }
        bytesSeen += text.count
        let bytes = UnsafeBufferPointer(start: text.baseAddress?.assumingMemoryBound(to: UInt8.self), count: text.count)
        let normalizers = normalizers
        normalizers.withNormalized(bytes) { addLines($0, times) }
        if let failure = counts.failure { throw failure }
    }

    /// Counts the pieces of a text, each `times` times.
    public mutating func add(_ text: String, times: Int = 1) throws {
        var text = text
        try text.withUTF8 { try add(UnsafeRawBufferPointer($0), times: times) }
    }

    /// Adds what another trainer with the same options counted.
    public mutating func absorb(_ other: consuming BPETrainer) throws {
        bytesSeen += other.bytesSeen
        try counts.absorb(other.counts)
    }

    /// Learns the merges. `progress` is told the size of the vocabulary now and then. Throws `FileFailure` where temporary files cannot be
    /// read, `TokenizerFailure.impossibleTraining` for more than some billion characters in different pieces.
    public consuming func train(progress: ((Int) -> Void)? = nil) throws -> TrainedTokenizer {
        var first = options.specialTokens.map { Array($0.utf8) }
        if options.hasByteTokens { first += (UInt8.min...UInt8.max).map { Array(ByteTokens.name(of: $0).utf8) } }
        let alphabet = try alphabet(firstID: UInt32(first.count))
        var pieces = 0
        var learner = MergeLearner(start(first, alphabet))
        var symbols = FlatMemory<UInt32>()
        try counts.forEachPiece { piece, count in
            pieces += 1
            symbols.removeAll()
            alphabet.append(piece, to: &symbols)
            learner.add(UnsafeBufferPointer(symbols.elements), count: count)
        }
        if learner.isFull {
            throw TokenizerFailure.impossibleTraining(
                option: "texts", expected: "less than 2.6 billion characters in different pieces", found: "more")
        }
        counts = PieceCounts(memory: 0, spill: PieceSpill())
        return TrainedTokenizer(
            options, pretokenization, first, learner.learn(progress), pieces: pieces,
            alphabetSize: alphabet.members.count)
    }

    private mutating func alphabet(firstID: UInt32) throws -> TrainingAlphabet {
        if options.unit == .bytes, options.hasAllBytes {
            return TrainingAlphabet(.bytes, members: (0..<256).map(UInt32.init), firstID: firstID)
        }
        var members = MemberCounts(options.unit)
        try counts.forEachPiece { members.add($0, times: $1) }
        let initial = Set(options.initialAlphabet.unicodeScalars.map(\.value)).sorted()
        let kept = members.kept(
            initial: initial, limit: options.limitAlphabet, coverage: options.characterCoverage)
        return TrainingAlphabet(options.unit, members: kept, firstID: firstID)
    }

    /// What merging starts from. A special token that is written like a learnt one is that one, as in the vocabulary of the file.
    private func start(_ first: [[UInt8]], _ alphabet: TrainingAlphabet) -> MergeLearner.Start {
        var tokens = first
        if options.unit == .bytes {
            tokens = first.map { token in
                var bytes: [UInt8] = []
                _ = token.withUnsafeBytes { ByteAlphabet.appendBytes(of: $0, to: &bytes) }
                return bytes
            }
        }
        var lengths = tokens.map { Int32(clamping: $0.count) }
        for member in alphabet.members {
            var bytes: [UInt8] = []
            if options.unit == .bytes { bytes = [UInt8(member)] } else { UTF8Decoding.append(member, to: &bytes) }
            tokens.append(bytes)
            lengths.append(1)
        }
        return MergeLearner.Start(
            tokens: tokens, lengths: lengths, vocabularySize: options.vocabularySize,
            minimumFrequency: options.minimumFrequency, maximumTokenLength: options.maximumTokenLength)
    }

    private mutating func addLines(_ bytes: UnsafeBufferPointer<UInt8>, _ times: Int) {
        guard options.splitsLines, let base = bytes.baseAddress else { return addText(bytes, times) }
        var start = 0
        while start < bytes.count {
            let feed = memchr(base + start, 0x0A, bytes.count - start)
            let end = feed.map { UnsafeRawPointer(base).distance(to: UnsafeRawPointer($0)) + 1 } ?? bytes.count
            addText(UnsafeBufferPointer(rebasing: bytes[start..<end]), times)
            start = end
        }
    }

    private mutating func addText(_ bytes: UnsafeBufferPointer<UInt8>, _ times: Int) {
        guard let base = bytes.baseAddress else { return }
        if options.pattern == .metaspace { return addWords(bytes, times) }
        pretokenization.forEachRange(bytes) { range in
            counts.add(
                base + range.lowerBound, range.count, readable: bytes.count &- range.lowerBound, times: times)
        }
    }

    /// Pieces that begin at each space, written ▁, with one put before the text.
    private mutating func addWords(_ bytes: UnsafeBufferPointer<UInt8>, _ times: Int) {
        guard let source = bytes.baseAddress else { return }
        let marker = MarkerScanner.marker
        if BPETrainer.holds(marker, bytes) { return addMarkedWords(bytes, times) }
        // Behind each word there are as many bytes to read as the table of pieces likes to.
        let room = marker.count + bytes.count + PieceTable.longestShort + 1
        if scratch.capacity < room { scratch.reserve(room) }
        scratch.removeAll()
        scratch.append(marker, marker.count)
        let piece = scratch.start
        var read = bytes.first == 0x20 ? 1 : 0
        while true {
            let space = memchr(source + read, 0x20, bytes.count - read)
            let end = space.map { UnsafeRawPointer(source).distance(to: UnsafeRawPointer($0)) } ?? bytes.count
            let count = end - read
            (piece + marker.count).update(from: source + read, count: count)
            counts.add(piece, marker.count + count, readable: scratch.capacity, times: times)
            if end == bytes.count { break }
            read = end + 1
        }
    }

    private static func holds(_ marker: [UInt8], _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = bytes.baseAddress else { return false }
        var index = 0
        while index < bytes.count, let found = memchr(base + index, Int32(marker[0]), bytes.count - index) {
            index = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
            if bytes.count - index >= marker.count, memcmp(base + index, marker, marker.count) == 0 { return true }
            index += 1
        }
        return false
    }

    /// The same for a text with a ▁ of its own, which begins a piece too.
    private mutating func addMarkedWords(_ bytes: UnsafeBufferPointer<UInt8>, _ times: Int) {
        scratch.removeAll()
        let marker = MarkerScanner.marker
        if bytes.first != 0x20, !bytes.starts(with: marker) { scratch.append(marker, 3) }
        guard let source = bytes.baseAddress else { return }
        var read = 0
        while read < bytes.count {
            let space = memchr(source + read, 0x20, bytes.count - read)
            let end = space.map { UnsafeRawPointer(source).distance(to: UnsafeRawPointer($0)) } ?? bytes.count
            scratch.append(source + read, end - read)
            if end < bytes.count { scratch.append(marker, 3) }
            read = end + 1
        }
        let text = scratch.elements
        if let base = UnsafePointer(text.baseAddress) {
            var start = 0
            var index = 3
            while index <= text.count {
                let next = index < text.count ? memchr(base + index, 0xE2, text.count - index) : nil
                index = next.map { UnsafeRawPointer(base).distance(to: UnsafeRawPointer($0)) } ?? text.count
                let isMarker = index + 2 < text.count && base[index + 1] == 0x96 && base[index + 2] == 0x81
                if !isMarker, index < text.count {
                    index += 1
                    continue
                }
                counts.add(base + start, index - start, readable: text.count - start, times: times)
                start = index
                index += 3
            }
        }
    }
}

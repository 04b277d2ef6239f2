import Files

/// The structure of a fastText model's file, walked through before the library reads it: on a file that is cut or lies about its sizes the
/// library fills memory without end or writes outside of it.
struct FastTextFile {
    private let bytes: UnsafeRawBufferPointer
    private let path: String
    private var position = 0

    /// Throws `CleaningFailure.badModel` unless the file is a whole supervised model. One pass over the dictionary; matrices are skipped.
    static func check(_ path: String) throws {
        let file = try MappedFile(path)
        try file.withBytes { bytes in
            var reader = FastTextFile(bytes: bytes, path: path)
            try reader.checkModel()
        }
    }

    private func fail(_ problem: String) -> CleaningFailure { .badModel(path: path, problem: problem) }

    private mutating func read<Value: BitwiseCopyable>(_ type: Value.Type, _ what: String) throws -> Value {
        let size = MemoryLayout<Value>.size
        guard bytes.count - position >= size else { throw ends(in: what) }
        defer { position += size }
        return bytes.loadUnaligned(fromByteOffset: position, as: type)
    }

    private func ends(in what: String) -> CleaningFailure { fail("ends inside of \(what), at byte \(bytes.count)") }

    private mutating func skip(_ count: Int, of size: Int, _ what: String) throws {
        let (length, overflow) = count.multipliedReportingOverflow(by: size)
        if count < 0 || overflow || bytes.count - position < length { throw ends(in: what) }
        position += length
    }

    private func expect(_ holds: Bool, _ what: String) throws {
        if !holds { throw fail("\(what) cannot be, before byte \(position)") }
    }

    /// Counts that the arguments and the dictionary give.
    private struct Counts {
        var dimension = 0
        var buckets = 0
        var words = 0
        var labels = 0
        var pruned = -1
    }

    private mutating func checkModel() throws {
        let magic = bytes.count < 8 ? 0 : try read(Int32.self, "its head")
        if magic != 793_712_314 { throw fail("is no fastText model (.bin)") }
        let version = try read(Int32.self, "its head")
        if version != 11 && version != 12 { throw fail("has version \(version) of the format; 11 and 12 are known") }
        var counts = try checkArguments()
        try checkDictionary(&counts)
        let isQuantized = try read(UInt8.self, "its matrices")
        try expect(isQuantized <= 1, "a matrix of kind \(isQuantized)")
        let rows = counts.words + (counts.pruned >= 0 ? counts.pruned : counts.buckets)
        try checkMatrix(isQuantized == 1, rows, counts.dimension, "the input matrix")
        let isOutputQuantized = try read(UInt8.self, "its matrices")
        try expect(isOutputQuantized <= 1, "a matrix of kind \(isOutputQuantized)")
        try checkMatrix(
            isQuantized == 1 && isOutputQuantized == 1, counts.labels, counts.dimension, "the output matrix")
        if position != bytes.count { throw fail("goes on behind its end at byte \(position)") }
    }

    private mutating func checkArguments() throws -> Counts {
        var numbers: [Int] = []
        for _ in 0..<12 { numbers.append(Int(try read(Int32.self, "its arguments"))) }
        _ = try read(Double.self, "its arguments")
        var counts = Counts()
        counts.dimension = numbers[0]
        counts.buckets = numbers[8]
        try expect(numbers[0] > 0 && numbers[0] <= 1 << 16, "a dimension of \(numbers[0])")
        try expect(numbers[5] >= 0 && numbers[5] <= 1 << 16, "word n-grams of \(numbers[5])")
        try expect((1...4).contains(numbers[6]), "loss \(numbers[6])")
        if numbers[7] != 3 {
            throw fail("is a model of word vectors, not of classes: train it with `fasttext supervised`")
        }
        let (shortest, longest) = (numbers[9], numbers[10])
        try expect(shortest >= 0 && longest >= 0 && longest <= 1 << 10, "n-grams of \(shortest) to \(longest)")
        try expect(counts.buckets >= (longest > 0 || numbers[5] > 1 ? 1 : 0), "\(counts.buckets) buckets")
        return counts
    }

    private mutating func checkDictionary(_ counts: inout Counts) throws {
        let part = "its dictionary"
        let size = Int(try read(Int32.self, part))
        counts.words = Int(try read(Int32.self, part))
        counts.labels = Int(try read(Int32.self, part))
        _ = try read(Int64.self, part)
        let pruned = Int(try read(Int64.self, part))
        try expect(
            counts.words >= 0 && counts.labels > 0 && size == counts.words + counts.labels && size <= 30_000_000,
            "a dictionary of \(size) entries, \(counts.words) words, \(counts.labels) labels")
        try expect(pruned >= -1 && pruned <= 1 << 31, "\(pruned) pruned n-grams")
        counts.pruned = pruned
        for index in 0..<size {
            guard let end = bytes[position...].firstIndex(of: 0) else { throw ends(in: part) }
            position = end + 1
            let count = try read(Int64.self, part)
            let kind = try read(UInt8.self, part)
            // Words first; the library takes the index of an entry for what it is.
            try expect(kind == (index < counts.words ? 0 : 1), "an entry of kind \(kind) at \(index)")
            try expect(count >= 0 && count < 1_000_000_000_000, "a count of \(count)")
        }
        for _ in 0..<max(0, pruned) {
            _ = try read(Int32.self, part)
            let row = Int(try read(Int32.self, part))
            try expect(row >= 0 && row < pruned, "a pruned n-gram at \(row)")
        }
    }

    private mutating func checkMatrix(_ isQuantized: Bool, _ rows: Int, _ columns: Int, _ what: String) throws {
        if !isQuantized {
            try checkShape(rows, columns, what)
            return try skip(rows * columns, of: 4, what)
        }
        let hasNorms = try read(UInt8.self, what)
        try expect(hasNorms <= 1, "norms of kind \(hasNorms)")
        try checkShape(rows, columns, what)
        let codes = Int(try read(Int32.self, what))
        try skip(codes, of: 1, what)
        let parts = try checkQuantizer(columns, what)
        try expect(codes == rows * parts, "\(codes) codes for \(rows) rows of \(parts)")
        if hasNorms == 1 {
            try skip(rows, of: 1, what)
            _ = try checkQuantizer(1, what)
        }
    }

    private mutating func checkShape(_ rows: Int, _ columns: Int, _ what: String) throws {
        let (m, n) = (try read(Int64.self, what), try read(Int64.self, what))
        try expect(m == rows && n == columns, "\(what) of \(m) × \(n) where \(rows) × \(columns) belong")
    }

    /// The parts that a vector is cut into.
    private mutating func checkQuantizer(_ columns: Int, _ what: String) throws -> Int {
        var numbers: [Int] = []
        for _ in 0..<4 { numbers.append(Int(try read(Int32.self, what))) }
        let (dimension, parts, length, last) = (numbers[0], numbers[1], numbers[2], numbers[3])
        try expect(
            dimension == columns && parts > 0 && parts <= columns && length > 0 && last > 0 && last <= columns
                && length <= columns && (parts - 1) * length + last == columns,
            "\(parts) parts of \(length) for \(columns)")
        try skip(dimension * 256, of: 4, what)
        return parts
    }
}

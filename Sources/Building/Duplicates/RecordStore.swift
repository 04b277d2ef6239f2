import Documents
import Files
import Glibc
import Readers

/// Records of JSON Lines on disk that are read more than once: signed first, looked at again where they are candidates, copied at the end.
///
/// Plain files of JSON Lines are read where they stand. Whatever else the readers know becomes JSON Lines in a temporary file first.
///
/// `@unchecked Sendable`: filled before any worker reads; reads name their place.
final class RecordStore: @unchecked Sendable {
    /// One file of whole lines.
    struct File {
        /// What messages call it.
        var name: String
        var descriptor: Int32
        /// Where the first line begins: behind a byte order mark.
        var start: Int
        var end: Int
        /// The place of its input among the inputs.
        var input: Int
        /// Whether its records are documents that the readers made, with members `id` and `text`.
        var isConverted = false
    }

    /// Where a record stands.
    struct Place: Sendable {
        var offset: Int
        var count: UInt32
        var file: UInt32
    }

    /// A stretch of a file.
    struct Stretch: Sendable {
        var file: Int
        var range: Range<Int>
    }

    private(set) var files: [File] = []
    /// What the readers refused, in order.
    private(set) var rejections: [Rejection] = []
    private let folder: String
    private static let stretchBytes = 1 << 20

    /// A store whose temporary files go into `folder`, or where nil into `TMPDIR`, or `/var/tmp`.
    init(temporaryFolder: String?) {
        folder = temporaryFolder ?? TemporaryFile.defaultFolder
    }

    deinit { for file in files { close(file.descriptor) } }

    /// Adds a file, whatever it holds. `input` is the place of its input among the inputs.
    func add(_ file: InputFile, options: ReadOptions, input: Int) throws {
        let isOwnText = options.fields.text.count == 1 && options.encoding == nil
        do {
            guard isOwnText, try DocumentReader.recognise(file) == .jsonLines else {
                return try convert([file], options: options, input: input)
            }
        } catch let failure as any Failure where failure.kind == .unreadableInput {
            rejections.append(DocumentReader.rejection(of: failure, input: file))
            return
        }
        let isCompressed = try Compression(magic: FileByteStream(file.path).peek(6)) != nil
        let stream = try ByteStream.open(file.path)
        let mark = try RecordStore.beginning(of: stream)
        // Another encoding than UTF-8: the readers know.
        if mark.starts(with: [0xFF, 0xFE]) || mark.starts(with: [0xFE, 0xFF]) || mark.starts(with: [0, 0]) {
            return try convert([file], options: options, input: input)
        }
        let start = mark.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        if isCompressed {
            try addCopy(of: stream, after: mark, named: file.path, start: start, input: input)
            return
        }
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw FileFailure.lastSystemCall("open", file.path) }
        posix_fadvise(descriptor, 0, 0, Int32(POSIX_FADV_SEQUENTIAL))
        files.append(
            File(
                name: file.path, descriptor: descriptor, start: start, end: try Folder.fileSize(file.path), input: input
            ))
    }

    /// The first four bytes, or as many as there are.
    private static func beginning(of stream: ByteStream) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < 4 {
            var more = [UInt8](repeating: 0, count: 4 - bytes.count)
            let got = try more.withUnsafeMutableBytes { try stream.read(into: $0) }
            if got == 0 { break }
            bytes += more[..<got]
        }
        return bytes
    }

    /// Lines that can be read once only go into a temporary file as they are.
    private func addCopy(of stream: ByteStream, after first: [UInt8], named name: String, start: Int, input: Int) throws
    {
        var file = File(
            name: name, descriptor: try TemporaryFile.open(in: folder), start: start, end: first.count, input: input)
        // From here on the store closes it.
        files.append(file)
        try first.withUnsafeBytes { try writeAll($0, to: file.descriptor, path: folder) }
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: RecordStore.stretchBytes, alignment: 16)
        defer { chunk.deallocate() }
        while true {
            let got = try stream.read(into: chunk)
            if got == 0 { break }
            try writeAll(UnsafeRawBufferPointer(rebasing: chunk[..<got]), to: file.descriptor, path: folder)
            file.end += got
        }
        files[files.count - 1] = file
    }

    /// Adds the parts of one document.
    func add(parts: [InputFile], options: ReadOptions, input: Int) throws {
        try convert(parts, options: options, input: input)
    }

    private func convert(_ parts: [InputFile], options: ReadOptions, input: Int) throws {
        let descriptor = try TemporaryFile.open(in: folder)
        var file = File(
            name: parts[0].path, descriptor: descriptor, start: 0, end: 0, input: input, isConverted: true)
        var out: [UInt8] = []
        func flush() throws {
            try out.withUnsafeBytes { try writeAll($0, to: descriptor, path: folder) }
            file.end += out.count
            out.removeAll(keepingCapacity: true)
        }
        do {
            var reader = DocumentReader(options: options)
            func emit(_ document: Document) throws {
                document.appendJSONLine(to: &out)
                if out.count > RecordStore.stretchBytes { try flush() }
            }
            if parts.count == 1 {
                try reader.read(parts[0], emit: emit, reject: { rejections.append($0) })
            } else {
                try reader.read(parts: parts, emit: emit, reject: { rejections.append($0) })
            }
            try flush()
        } catch let failure as any Failure where failure.kind == .unreadableInput {
            rejections.append(DocumentReader.rejection(of: failure, input: parts[0]))
            // What was read before stays out: half of a file is worse than none.
            out = []
            file.end = 0
        } catch {
            close(descriptor)
            throw error
        }
        files.append(file)
    }

    /// All files in stretches of about a megabyte, in order. A line belongs to the stretch in which it begins.
    var stretches: [Stretch] {
        var stretches: [Stretch] = []
        for (number, file) in files.enumerated() {
            var start = file.start
            while start < file.end {
                let end = min(file.end, start + RecordStore.stretchBytes)
                stretches.append(Stretch(file: number, range: start..<end))
                start = end
            }
        }
        return stretches
    }

    /// Calls `body` with every line that begins in a stretch and is not blank, without its line feed, and its place. There is room to read
    /// behind a line.
    func forEachLine(
        in stretch: Stretch, _ memory: ReadMemory, _ body: (UnsafeRawBufferPointer, Place) throws -> Void
    ) throws {
        let file = files[stretch.file]
        // The byte before tells whether a line begins with the stretch.
        let from = max(file.start, stretch.range.lowerBound - 1)
        var end = min(file.end, stretch.range.upperBound + (1 << 16))
        var bytes = try memory.read(file, from..<end, keeping: 0)
        while end < file.end {
            // Up to the line feed of the last line that begins here.
            let tail = UnsafeRawBufferPointer(rebasing: bytes[(stretch.range.upperBound - 1 - from)...])
            if memchr(tail.baseAddress!, 0x0A, tail.count) != nil { break }
            let known = end - from
            end = min(file.end, end + known)
            bytes = try memory.read(file, from..<end, keeping: known)
        }
        guard let base = bytes.baseAddress else { return }
        var at = 0
        if from < stretch.range.lowerBound {
            guard let feed = memchr(base, 0x0A, bytes.count) else { return }
            at = UnsafeRawPointer(feed) - base + 1
        }
        while from + at < stretch.range.upperBound, at < bytes.count {
            let feed = memchr(base + at, 0x0A, bytes.count - at).map { UnsafeRawPointer($0) - base } ?? bytes.count
            let line = UnsafeRawBufferPointer(start: base + at, count: feed - at)
            if !RecordStore.isBlank(line) {
                guard let count = UInt32(exactly: line.count) else {
                    throw FileFailure.tooLarge(
                        path: file.name, limit: Int(UInt32.max), hint: "a line this long is not a record")
                }
                try body(line, Place(offset: from + at, count: count, file: UInt32(stretch.file)))
            }
            at = feed + 1
        }
    }

    private static func isBlank(_ line: UnsafeRawBufferPointer) -> Bool {
        line.allSatisfy { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }
    }

    /// The bytes of a record, with room to read behind them. Valid until the memory is used again.
    func record(_ place: Place, _ memory: ReadMemory) throws -> UnsafeRawBufferPointer {
        try memory.read(files[Int(place.file)], place.offset..<place.offset + Int(place.count), keeping: 0)
    }

    /// What messages call the place of a record: the line is counted now, for nobody asks for it twice.
    func name(_ place: Place) -> String {
        let file = files[Int(place.file)]
        let memory = ReadMemory()
        var line = 1
        var at = file.start
        while at < place.offset {
            let end = min(place.offset, at + RecordStore.stretchBytes)
            guard let bytes = try? memory.read(file, at..<end, keeping: 0) else { break }
            line += bytes.count { $0 == 0x0A }
            at = end
        }
        return "\(file.name):\(line)"
    }
}

/// Memory that a worker reads into, as large as its largest record.
final class ReadMemory {
    private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 64)
    /// simdjson reads this much behind a text.
    private static let padding = 256

    deinit { memory.deallocate() }

    /// Reads a range of a file; the first `keeping` bytes are there from the last call.
    func read(_ file: RecordStore.File, _ range: Range<Int>, keeping: Int) throws -> UnsafeRawBufferPointer {
        if memory.count < range.count + ReadMemory.padding {
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: range.count + range.count / 8 + ReadMemory.padding, alignment: 64)
            if keeping > 0 { larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<keeping])) }
            memory.deallocate()
            memory = larger
        }
        var done = keeping
        while done < range.count {
            let got = pread(
                file.descriptor, memory.baseAddress! + done, range.count - done, off_t(range.lowerBound + done))
            if got < 0 {
                if errno == EINTR { continue }
                throw FileFailure.lastSystemCall("read", file.name)
            }
            if got == 0 { throw BuildFailure.changedInput(path: file.name) }
            done += got
        }
        memset(memory.baseAddress! + done, 0, ReadMemory.padding)
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(memory)[..<range.count])
    }
}

import Documents
import Files
import Glibc

/// Reads a PDF by starting poppler's `pdftohtml -xml` and reading what it writes as it writes it.
struct PDFConversion {
    private let context: ReadContext

    init(_ context: ReadContext) { self.context = context }

    /// Reads a file on disk. Documents are emitted once the program has ended well.
    func read(file path: String, _ emit: (Document) throws -> Void) throws {
        // A path that begins with a dash would be taken for an option.
        let path = path.hasPrefix("-") ? "./" + path : path
        let arguments = [
            context.options.pdfConverter, "-xml", "-i", "-hidden", "-enc", "UTF-8", "-stdout", path,
        ]
        let program: ChildProgram
        do {
            program = try ChildProgram(arguments, name: context.name, timeLimit: context.options.conversionSeconds)
        } catch ChildProgram.StartFailure.notFound {
            throw ReadFailure.unsupported(
                path: context.name, format: "PDF (no \(context.options.pdfConverter) on PATH)",
                advice: "install poppler-utils, or find the .docx")
        }
        var documents: [Document] = []
        do {
            let stream = BoundedByteStream(program, limit: context.options.maximumExpandedBytes)
            try PDFXMLReader(context).read(stream) { documents.append($0) }
        } catch {
            // What the program says of the PDF tells more than the XML that broke off.
            let wasComplete = program.isAtEnd
            let end = program.end()
            if wasComplete || end.isOverTime { try check(end, program) }
            throw error
        }
        try check(program.end(), program)
        for document in documents { try emit(document) }
    }

    private func check(_ end: ChildProgram.End, _ program: ChildProgram) throws {
        if end.isOverTime {
            throw ReadFailure.bound(
                path: context.name, what: "seconds of \(context.options.pdfConverter)",
                limit: context.options.conversionSeconds, advice: "the PDF is damaged or an attack")
        }
        if end.status == 0 { return }
        if program.said("Incorrect password") || program.said("Copying of text from this document is not allowed") {
            throw ReadFailure.encrypted(path: context.name, format: "PDF")
        }
        throw ReadFailure.malformed(
            path: context.name, place: "PDF", expected: "a PDF that \(context.options.pdfConverter) reads",
            found: end.message.isEmpty ? "exit status \(end.status)" : end.message)
    }

    /// Reads a PDF in memory, by way of a temporary file.
    func read(_ bytes: UnsafeRawBufferPointer, _ emit: (Document) throws -> Void) throws {
        let base = TemporaryFile.defaultFolder
        var template = Array("\(base)/shardmill-pdf-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard descriptor >= 0 else { throw FileFailure.lastSystemCall("create", path) }
        defer { unlink(path) }
        var position = 0
        while position < bytes.count {
            let got = write(descriptor, bytes.baseAddress! + position, bytes.count - position)
            if got < 0 {
                if errno == EINTR { continue }
                let failure = FileFailure.lastSystemCall("write", path)
                close(descriptor)
                throw failure
            }
            position += got
        }
        close(descriptor)
        try read(file: path, emit)
    }
}

/// A stream that fails beyond a number of bytes.
final class BoundedByteStream: ByteStream {
    private let inner: ByteStream
    private let limit: Int
    private var total = 0

    init(_ inner: ByteStream, limit: Int) {
        self.inner = inner
        self.limit = limit
        super.init(name: inner.name)
    }

    override func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let got = try inner.read(into: buffer)
        total += got
        if total > limit {
            throw FileFailure.tooLarge(
                path: name, limit: limit, hint: "what the PDF expands to; leave it out of the source")
        }
        return got
    }
}

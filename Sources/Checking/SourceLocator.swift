import Building
import Documents
import Files
import Glibc
import Readers

/// Finds the files and lines of documents in the sources that a corpus was built from, where these are there.
struct SourceLocator {
    /// Files by source and relative path: where they stand on disk.
    private var files: [String: [String: String]] = [:]
    private var identifiers: [String: String] = [:]

    /// Files whose lines mean something to a person.
    private static let lineFormats: Set<String> = [
        "csv", "htm", "html", "json", "jsonl", "ndjson", "markdown", "md", "rst", "tex", "text", "tsv", "txt", "xml",
        "",
    ]

    /// The sources of `recipe`, of which `names` are needed; a source whose files are not there gives paths alone.
    init(_ recipe: Recipe?, names: Set<String>) {
        for source in recipe?.sources ?? [] where names.contains(source.name) {
            let patterns = source.paths.map { PathPattern($0, relativeTo: recipe?.folder ?? "") }
            guard let matches = try? PathPattern.expand(patterns) else { continue }
            // Documents are called by paths on one line, whatever the names of their files hold.
            files[source.name] = Dictionary(matches.map { (MessageText.oneLine($0.relativePath), $0.path) }) {
                first, _ in first
            }
            identifiers[source.name] = source.fields.id
        }
    }

    /// The file of a document as it is opened from the working folder; nil where its source is not there.
    func file(of subject: FindingPlace.Subject) -> String? {
        guard let path = files[subject.source]?[split(subject).relative] else { return nil }
        return SourceLocator.fromWorkingFolder(path)
    }

    /// Sets file, line and clause of every finding about a document. A file is read once.
    func locate(_ findings: inout [Finding]) {
        var wanted: [String: [(finding: Int, target: Target)]] = [:]
        for index in findings.indices {
            guard let subject = findings[index].place.subject else { continue }
            let (relative, rest) = split(subject)
            findings[index].place.clause = SourceLocator.clause(rest) ?? subject.clause
            guard let path = files[subject.source]?[relative], Folder.exists(path) else {
                findings[index].place.file = relative
                continue
            }
            findings[index].place.file = SourceLocator.fromWorkingFolder(path)
            if findings[index].place.line != nil { continue }
            let format = PathText.formatExtension(of: path)
            if !SourceLocator.lineFormats.contains(format) { continue }
            let field = identifiers[subject.source] ?? "id"
            if let target = Target(rest, subject, format: format, field: field) {
                wanted[path, default: []].append((index, target))
            } else if rest.isEmpty {
                // All of a text.
                findings[index].place.line = 1
            }
        }
        for (path, targets) in wanted {
            for (finding, line) in SourceLocator.lines(of: path, targets) { findings[finding].place.line = line }
        }
    }

    /// The file of a document's path, and what stands behind it.
    private func split(_ subject: FindingPlace.Subject) -> (relative: String, rest: Substring) {
        let path = subject.path
        let known = files[subject.source] ?? [:]
        if known[path] != nil { return (path, "") }
        var first: String.Index?
        for index in path.indices where path[index] == "!" || path[index] == "#" {
            first = first ?? index
            let name = String(path[..<index])
            if known[name] != nil { return (name, path[index...]) }
        }
        guard let first else { return (path, "") }
        return (String(path[..<first]), path[first...])
    }

    private static func clause(_ rest: Substring) -> String? {
        let mark = Array("#clause ".utf8)
        let bytes = Array(rest.utf8)
        guard bytes.count > mark.count else { return nil }
        for start in stride(from: bytes.count - mark.count - 1, through: 0, by: -1)
        where bytes[start..<start + mark.count].elementsEqual(mark) {
            return String(decoding: bytes[(start + mark.count)...], as: UTF8.self)
        }
        return nil
    }

    /// What a line is found by.
    private enum Target {
        case offset(Int)
        /// The record with a key: of several the one of that number, from 1.
        case key(String, field: [String], occurrence: Int)
        case text([UInt8])

        init?(_ rest: Substring, _ subject: FindingPlace.Subject, format: String, field: String) {
            var place = rest.hasPrefix("!") ? rest.dropFirst() : ""
            if place.hasPrefix("@"), let offset = Int(place.dropFirst().prefix { $0.isNumber }) {
                self = .offset(offset)
                return
            }
            if let fragment = place.lastIndex(of: "#") { place = place[..<fragment] }
            if !place.isEmpty, ["jsonl", "ndjson", "json"].contains(format) {
                self = .key(
                    String(place), field: field.split(separator: ".").map(String.init),
                    occurrence: subject.occurrence)
            } else if !subject.probe.isEmpty {
                self = .text(subject.probe)
            } else {
                return nil
            }
        }
    }

    /// Where a text was met: lines that are it, and lines that hold it.
    private struct TextHits {
        let text: [UInt8]
        var whole = 0
        var firstWhole = 0
        var holding = 0
        var firstHolding = 0

        /// The line that is the text or, where none is, the one that holds it; nil where several do: any of them could be meant.
        var line: Int? { whole == 1 ? firstWhole : whole == 0 && holding == 1 ? firstHolding : nil }
    }

    /// The lines of targets, by finding; what stands behind a place that cannot be read has none.
    private static func lines(of path: String, _ targets: [(finding: Int, target: Target)]) -> [Int: Int] {
        var found: [Int: Int] = [:]
        var offsets: [(offset: Int, finding: Int)] = []
        var keys: [[String]: [String: [(finding: Int, occurrence: Int)]]] = [:]
        var texts: [[UInt8]: TextHits] = [:]
        for (finding, target) in targets {
            switch target {
            case .offset(let offset): offsets.append((offset, finding))
            case .key(let key, let field, let occurrence):
                keys[field, default: [:]][key, default: []].append((finding, occurrence))
            case .text(let text): texts[text] = TextHits(text: text)
            }
        }
        offsets.sort { $0.offset < $1.offset }
        var nextOffset = 0
        // Targets of a key that are not at their record yet.
        var openKeys = keys.values.reduce(0) { $0 + $1.values.reduce(0) { $0 + $1.count } }
        var met: [[String]: [String: Int]] = [:]
        let fields = Array(keys.keys)
        let parser = JSONParser()
        do {
            var lines = LineReader(try ByteStream.open(path), limit: 1 << 29)
            while nextOffset < offsets.count || openKeys > 0 || !texts.isEmpty {
                let start = lines.nextOffset
                let number = lines.lineNumber + 1
                let more: Void? = try lines.next { line in
                    while nextOffset < offsets.count, offsets[nextOffset].offset < start + line.count + 1 {
                        found[offsets[nextOffset].finding] = number
                        nextOffset += 1
                    }
                    for field in fields {
                        guard let key = key(of: line, field, parser), let wanted = keys[field]?[key] else { continue }
                        let count = (met[field]?[key] ?? 0) + 1
                        met[field, default: [:]][key] = count
                        for target in wanted where target.occurrence >= count {
                            // The last one so far: what a source holds fewer of than it should is the last that there is.
                            found[target.finding] = number
                            if target.occurrence == count { openKeys -= 1 }
                        }
                    }
                    for text in texts.keys { count(line, number, &texts[text]!) }
                }
                if more == nil { break }
            }
        } catch {
            // A source that cannot be read to its end has the lines before that.
        }
        for (finding, target) in targets {
            if case .text(let text) = target { found[finding] = texts[text]?.line }
        }
        return found
    }

    private static func key(of line: UnsafeRawBufferPointer, _ field: [String], _ parser: JSONParser) -> String? {
        try? parser.parse(line, name: "", isLineOfReader: true) { record in
            var element: JSONElement? = record
            for name in field { element = element?.member(name) }
            return element.flatMap { $0.string ?? $0.int.map(String.init) }
        }
    }

    private static func count(_ line: UnsafeRawBufferPointer, _ number: Int, _ hits: inout TextHits) {
        if !contains(line, hits.text) { return }
        if hits.holding == 0 { hits.firstHolding = number }
        hits.holding += 1
        var bare = line[...]
        while let first = bare.first, TextProbe.isBlank(first) { bare.removeFirst() }
        while let last = bare.last, TextProbe.isBlank(last) { bare.removeLast() }
        let isWhole = TextProbe.isCut(hits.text) ? bare.starts(with: hits.text) : bare.elementsEqual(hits.text)
        if !isWhole { return }
        if hits.whole == 0 { hits.firstWhole = number }
        hits.whole += 1
    }

    private static func contains(_ line: UnsafeRawBufferPointer, _ text: [UInt8]) -> Bool {
        guard let base = line.baseAddress, let first = text.first else { return false }
        return text.withUnsafeBytes { text in
            var start = 0
            while line.count - start >= text.count,
                let hit = memchr(base + start, Int32(first), line.count - start - text.count + 1)
            {
                if memcmp(hit, text.baseAddress!, text.count) == 0 { return true }
                start = base.distance(to: UnsafeRawPointer(hit)) + 1
            }
            return false
        }
    }

    /// The path as it is written from the working folder, where it lies below it; without `.` and `..` that a recipe's own place brings along.
    static func fromWorkingFolder(_ path: String) -> String {
        if path.isEmpty { return path }
        var folder = Array(PathText.normalized(PathText.absolute("")).utf8)
        if folder.last != UInt8(ascii: "/") { folder.append(UInt8(ascii: "/")) }
        let absolute = PathText.normalized(PathText.absolute(path))
        // Bytes: a mark that a name begins with would join the slash before it to one character.
        if !absolute.utf8.starts(with: folder) { return PathText.normalized(path) }
        return String(decoding: absolute.utf8.dropFirst(folder.count), as: UTF8.self)
    }
}

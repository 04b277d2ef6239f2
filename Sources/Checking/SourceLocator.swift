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

    /// Sets file, line and clause of every finding about a document. A file is read once, up to the last line that is looked for.
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
            if let target = Target(rest, probe: subject.probe, format: format, field: field) {
                wanted[path, default: []].append((index, target))
            } else if rest.isEmpty {
                // All of a text.
                findings[index].place.line = 1
            }
        }
        for (path, targets) in wanted {
            // A source that cannot be read now has its path alone.
            for (finding, line) in (try? SourceLocator.lines(of: path, targets)) ?? [:] {
                findings[finding].place.line = line
            }
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
        case key(String, field: [String])
        case text([UInt8])

        init?(_ rest: Substring, probe: [UInt8], format: String, field: String) {
            var place = rest.hasPrefix("!") ? rest.dropFirst() : ""
            if place.hasPrefix("@"), let offset = Int(place.dropFirst().prefix { $0.isNumber }) {
                self = .offset(offset)
                return
            }
            if let fragment = place.lastIndex(of: "#") { place = place[..<fragment] }
            if !place.isEmpty, ["jsonl", "ndjson", "json"].contains(format) {
                self = .key(String(place), field: field.split(separator: ".").map(String.init))
            } else if !probe.isEmpty {
                self = .text(probe)
            } else {
                return nil
            }
        }
    }

    private static func lines(of path: String, _ targets: [(finding: Int, target: Target)]) throws -> [Int: Int] {
        var found: [Int: Int] = [:]
        var open = targets
        var lines = LineReader(try ByteStream.open(path), limit: 1 << 29)
        let parser = JSONParser()
        while !open.isEmpty {
            let start = lines.nextOffset
            let more: Void? = try lines.next { line in
                var parsed: String?
                func key(_ field: [String]) -> String {
                    if parsed == nil {
                        let found = try? parser.parse(line, name: "", isLineOfReader: true) { record in
                            var element: JSONElement? = record
                            for name in field { element = element?.member(name) }
                            return element.flatMap { $0.string ?? $0.int.map(String.init) } ?? ""
                        }
                        parsed = found ?? ""
                    }
                    return parsed ?? ""
                }
                open.removeAll { finding, target in
                    let isHere =
                        switch target {
                        case .offset(let offset): offset < start + line.count + 1
                        case .key(let wanted, let field): key(field) == wanted
                        case .text(let text): contains(line, text)
                        }
                    if isHere { found[finding] = -1 }
                    return isHere
                }
            }
            if more == nil { break }
            for (finding, line) in found where line < 0 { found[finding] = lines.lineNumber }
        }
        return found
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

    /// The path as it is written from the working folder, where it lies below it.
    static func fromWorkingFolder(_ path: String) -> String {
        let folder = PathText.absolute(".").dropLast(1)
        let absolute = PathText.absolute(path)
        var relative = absolute.hasPrefix(folder) ? String(absolute.dropFirst(folder.utf8.count)) : path
        while relative.hasPrefix("./") { relative.removeFirst(2) }
        return relative
    }
}

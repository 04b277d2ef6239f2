import Glibc

/// A path with `*`, `?` and `**`, expanded against the disk: `**` stands for any number of folders, the others stay inside one
/// name. A folder stands for every file below it.
public struct PathPattern: Sendable, Equatable {
    /// A file that a pattern found.
    public struct Match: Sendable, Equatable {
        /// The path to open.
        public let path: String
        /// The path relative to the folder before the first wildcard; the name alone where the pattern has none.
        public let relativePath: String
    }

    /// The pattern as it was given.
    public let text: String
    private let base: String
    private let wildcards: [[UInt8]]

    /// A pattern; a relative one is taken from `folder`.
    public init(_ text: String, relativeTo folder: String) {
        self.text = text
        let full = PathText.join(folder, text)
        let parts = full.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let firstWild = parts.firstIndex { $0.contains("*") || $0.contains("?") } ?? parts.count
        let joined = parts[..<firstWild].joined(separator: "/")
        base = joined.isEmpty ? (full.hasPrefix("/") ? "/" : ".") : joined
        wildcards = parts[firstWild...].map { Array($0.utf8) }
    }

    /// Every file that matches, in byte order of the relative paths. Throws `FileFailure.missing` where nothing does.
    public func expand() throws -> [Match] {
        if wildcards.isEmpty {
            if !Folder.exists(base) { throw FileFailure.missing(path: base) }
            if !Folder.isFolder(base) { return [Match(path: base, relativePath: PathText.name(of: base))] }
            return try matches { _ in true }
        }
        if !Folder.isFolder(base) { throw FileFailure.missing(path: base) }
        let found = try matches { relative in
            let names = relative.split(separator: "/").map { Array($0.utf8) }
            return PathPattern.matches(wildcards[...], names[...])
        }
        if found.isEmpty { throw FileFailure.missing(path: PathText.join(base, wildcardText)) }
        return found
    }

    /// Every file that any of several patterns matches, once, in byte order of paths relative to the folder that all patterns
    /// have in common: two files never share a relative path. One pattern gives what `expand()` gives.
    public static func expand(_ patterns: [PathPattern]) throws -> [Match] {
        let matches = try patterns.map { try $0.expand() }
        if matches.count == 1 { return matches[0] }
        var common: [Substring]?
        for pattern in patterns {
            let folder = Folder.isFolder(pattern.base) ? pattern.base : PathText.folder(of: pattern.base)
            let parts = folder.split(separator: "/", omittingEmptySubsequences: false)
            guard let known = common else {
                common = parts
                continue
            }
            common = Array(zip(known, parts).prefix { $0 == $1 }.map(\.0))
        }
        let prefix = (common ?? []).joined(separator: "/")
        var seen: Set<String> = []
        var all: [Match] = []
        for match in matches.joined() where seen.insert(match.path).inserted {
            let relative =
                !prefix.isEmpty && match.path.hasPrefix(prefix + "/")
                ? String(match.path.dropFirst(prefix.count + 1)) : match.path
            all.append(Match(path: match.path, relativePath: relative))
        }
        return all.sorted { precedesInByteOrder($0.relativePath, $1.relativePath) }
    }

    private var wildcardText: String {
        wildcards.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    }

    private func matches(_ accept: (String) -> Bool) throws -> [Match] {
        try Folder.filesBelow(base).filter(accept).map { Match(path: PathText.join(base, $0), relativePath: $0) }
    }

    private static func matches(_ pattern: ArraySlice<[UInt8]>, _ names: ArraySlice<[UInt8]>) -> Bool {
        guard let first = pattern.first else { return names.isEmpty }
        if first == Array("**".utf8) {
            let rest = pattern.dropFirst()
            return (0...names.count).contains { matches(rest, names.dropFirst($0)) }
        }
        guard let name = names.first, Wildcard.matches(first[...], name[...]) else { return false }
        return matches(pattern.dropFirst(), names.dropFirst())
    }
}

import Glibc

/// Arithmetic on paths as text with `/` between components; never touches the disk.
public enum PathText {
    /// `inner` inside `folder`; an absolute `inner` stands alone.
    public static func join(_ folder: String, _ inner: String) -> String {
        if inner.hasPrefix("/") || folder.isEmpty { return inner }
        return folder.hasSuffix("/") ? folder + inner : folder + "/" + inner
    }

    /// The last component.
    public static func name(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }

    /// Everything before the last component; `.` where there is only one, `/` at the root.
    public static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The letters after the last dot of the name, in lower case, without a compression suffix: `a.jsonl.zst` has `jsonl`.
    public static func formatExtension(of path: String) -> String {
        var name = name(of: path).lowercased()
        for suffix in [".zst", ".zstd", ".gz", ".bz2", ".xz"] where name.hasSuffix(suffix) {
            name.removeLast(suffix.utf8.count)
        }
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else { return "" }
        return String(name[name.utf8.index(after: dot)...])
    }

    /// The path from the root, where `path` starts from the working folder.
    public static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let current = getcwd(nil, 0) else { return path }
        defer { free(current) }
        return join(String(cString: current), path)
    }

    /// The path without empty and `.` components, each `..` resolved with the component before it as it is written; `.` where nothing is left.
    /// A `..` behind a link leads elsewhere on the disk: this is for what is shown.
    public static func normalized(_ path: String) -> String {
        let isAbsolute = path.utf8.first == UInt8(ascii: "/")
        var components: [Substring.UTF8View] = []
        for component in path.utf8.split(separator: UInt8(ascii: "/")) {
            let isUp = component.elementsEqual("..".utf8)
            if component.elementsEqual(".".utf8) { continue }
            if isUp, let last = components.last, !last.elementsEqual("..".utf8) {
                components.removeLast()
            } else if !isUp || !isAbsolute {
                components.append(component)
            }
        }
        let text = components.map { String(Substring($0)) }.joined(separator: "/")
        return isAbsolute ? "/" + text : text.isEmpty ? "." : text
    }
}

/// Whether `left` stands before `right` in byte order of their UTF-8 form: Swift's own `<` on strings compares by
/// canonical equivalence, which is not what other tools sort by.
public func precedesInByteOrder(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
}

import Files

/// Where an archive's bytes are, so that it can be walked as often as needed.
enum ArchiveOrigin {
    case file(String)
    /// The bytes and what messages call them.
    case memory([UInt8], String)

    /// A new walk over the archive.
    func open() throws -> ArchiveReader {
        switch self {
        case .file(let path): try ArchiveReader(path: path)
        case .memory(let bytes, let name): try ArchiveReader(bytes: bytes, name: name)
        }
    }

    /// The names of all files inside. Throws where the directory is damaged.
    func listing() throws -> ArchiveListing {
        let archive = try open()
        var names: [String] = []
        while let entry = try archive.next() {
            if names.count >= ArchiveListing.mostEntries {
                throw FileFailure.tooLarge(
                    path: entry.path, limit: ArchiveListing.mostEntries, hint: "an archive of so many files; unpack it")
            }
            names.append(entry.path)
        }
        return ArchiveListing(names: names)
    }
}

/// The names in an archive and what they say of it.
struct ArchiveListing {
    static let mostEntries = 1 << 20

    let names: [String]

    /// A name as packages compare them: without case, with `/`, without a leading `/`.
    static func folded(_ name: String) -> String {
        var folded = name.lowercased().split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "/")
        while folded.hasPrefix("/") { folded.removeFirst() }
        return folded
    }

    /// What the archive is.
    var dialect: Dialect {
        var isPackage = false
        var holdsContent = false
        for name in names {
            switch ArchiveListing.folded(name) {
            case "word/document.xml": return .wordPackage
            case "[content_types].xml", "_rels/.rels": isPackage = true
            case "xl/workbook.xml", "xl/workbook.bin":
                return .unsupported(format: "Excel workbook", advice: "export its sheets as text")
            case "ppt/presentation.xml":
                return .unsupported(format: "PowerPoint presentation", advice: "export it as text")
            case "content.xml": holdsContent = true
            case "mimetype" where names.count > 1: holdsContent = holdsContent || names.contains("content.xml")
            default: break
            }
        }
        if holdsContent, names.contains("mimetype") {
            return .openDocumentPackage
        }
        return isPackage ? .wordPackage : .archive
    }
}

import Documents
import Files

extension DocumentReader {
    /// Reads a package, or every member of an archive: a member that cannot be read is rejected, the others are read.
    mutating func read(
        archive origin: ArchiveOrigin, _ context: ReadContext, emit: (Document) throws -> Void,
        reject: (Rejection) throws -> Void
    ) throws {
        let listing = try origin.listing()
        switch listing.dialect {
        case .wordPackage:
            let parts = try wordParts(origin, listing, context)
            try WordDocumentReader(context).read(parts: parts, emit)
        case .openDocumentPackage:
            guard let content = try members(["content.xml"], origin, context)["content.xml"] else { break }
            try content.withUnsafeBytes { try MarkupReader(context, .openDocument).read($0, emit) }
        case .archive: try read(members: origin, listing, context, emit: emit, reject: reject)
        case .unsupported(let format, let advice):
            throw ReadFailure.unsupported(path: context.name, format: format, advice: advice)
        default: break
        }
    }

    private mutating func read(
        members origin: ArchiveOrigin, _ listing: ArchiveListing, _ context: ReadContext,
        emit: (Document) throws -> Void, reject: (Rejection) throws -> Void
    ) throws {
        if listing.names.isEmpty { throw ReadFailure.empty(path: context.name, what: "an archive without files") }
        if context.depth >= options.maximumArchiveDepth {
            throw ReadFailure.bound(
                path: context.name, what: "archives inside archives", limit: options.maximumArchiveDepth,
                advice: "unpack the inner ones")
        }
        let archive = try origin.open()
        let groups = SplitDocument.groups(listing.names)
        var split: [SplitDocument] = []
        while let entry = try archive.next() {
            var inner = context.member(entry.path)
            do {
                if PathText.name(of: entry.path).hasPrefix("._") {
                    throw ReadFailure.unsupported(
                        path: inner.name, format: "AppleDouble metadata", advice: "leave it out of the archive")
                }
                let bytes = try expand(archive.entryStream(), inner)
                guard let place = groups[entry.path] else {
                    try read(member: bytes, inner, emit: emit, reject: reject)
                    continue
                }
                // Parts are put together before a text that is too long is divided.
                inner.options.maximumDocumentBytes = .max
                let index = split.firstIndex { $0.place == place } ?? split.count
                if index == split.count { split.append(SplitDocument(place: place)) }
                try read(
                    member: bytes, inner, emit: { split[index].add($0, member: entry.path) }, reject: reject)
            } catch let failure as ReadFailure {
                try reject(inner.rejection(failure))
            } catch let failure as FileFailure {
                try reject(inner.rejection(DocumentReader.asReadFailure(failure, inner)))
            }
        }
        for document in split { try document.emit(context.member(document.place), emit) }
    }

    /// An encrypted member is named as such; libarchive says so in words only.
    static func asReadFailure(_ failure: FileFailure, _ context: ReadContext) -> any Error {
        if case .malformed(_, _, _, let found) = failure {
            let lower = found.lowercased()
            if lower.contains("encrypt") || lower.contains("passphrase") {
                return ReadFailure.encrypted(path: context.name, format: "archive member")
            }
        }
        return failure
    }

    /// The main part and the styles of a package, found through its relationships, else by their usual names.
    private mutating func wordParts(
        _ origin: ArchiveOrigin, _ listing: ArchiveListing, _ context: ReadContext
    ) throws -> WordParts {
        var small = try members(
            ["_rels/.rels", "word/_rels/document.xml.rels"], origin, context)
        let root = small["_rels/.rels"].map { Relationships($0) }
        let main = root?.target(ofType: "officeDocument", from: "") ?? "word/document.xml"
        let folder = PathText.folder(of: main)
        let relationshipsPath = (folder == "." ? "" : folder + "/") + "_rels/" + PathText.name(of: main) + ".rels"
        let relationshipsName = ArchiveListing.folded(relationshipsPath)
        if small[relationshipsName] == nil,
            listing.names.contains(where: { ArchiveListing.folded($0) == relationshipsName })
        {
            small.merge(try members([relationshipsName], origin, context)) { first, _ in first }
        }
        let relationships = small[relationshipsName].map { Relationships($0) }
        func part(_ type: String) -> String {
            ArchiveListing.folded(
                relationships?.target(ofType: type, from: folder) ?? (folder == "." ? "" : folder + "/") + type + ".xml"
            )
        }
        let kinds = WordNotes.Kind.allCases.filter { $0 != .comment || options.comments }
        let mainName = ArchiveListing.folded(main)
        let present = Set(listing.names.map { ArchiveListing.folded($0) })
        let wanted = ([mainName, part("styles"), part("numbering")] + kinds.map { part($0.part) })
            .filter { present.contains($0) }
        var large = try members(wanted, origin, context)
        guard let document = large.removeValue(forKey: mainName) else {
            throw ReadFailure.malformed(
                path: context.name, place: "package", expected: "a main document (\(main))",
                found: "\(listing.names.count) parts without it")
        }
        var parts = WordParts(document: document, styles: large[part("styles")], numbering: large[part("numbering")])
        for kind in kinds {
            if let bytes = large[part(kind.part)] { parts.notes.append((kind, bytes)) }
        }
        return parts
    }

    /// The members with these folded names; of two with one name the first counts.
    private mutating func members(
        _ wanted: [String], _ origin: ArchiveOrigin, _ context: ReadContext
    ) throws -> [String: [UInt8]] {
        let archive = try origin.open()
        var found: [String: [UInt8]] = [:]
        do {
            while found.count < wanted.count, let entry = try archive.next() {
                let name = ArchiveListing.folded(entry.path)
                if wanted.contains(name), found[name] == nil {
                    found[name] = try expand(archive.entryStream(), context)
                }
            }
        } catch let failure as FileFailure {
            throw DocumentReader.asReadFailure(failure, context)
        }
        return found
    }
}

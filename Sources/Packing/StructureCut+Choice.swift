extension StructureCut {
    /// Those of the cuts that a document offers where it will be cut: they depend on nothing but the document, so that nobody has to keep the
    /// others. A `BlockLayout` that is given these alone cuts the same. Throws `PackingFailure`. Cost: one pass over `offered`.
    ///
    /// - Parameters:
    ///   - tokens: Own tokens of the document.
    ///   - offered: All its places, ascending.
    public static func chosen(
        of offered: [StructureCut], tokens: Int, document: Int, options: PackingOptions
    ) throws -> [StructureCut] {
        let framed = tokens + options.separator.tokensPerDocument
        if framed <= options.length { return [] }
        let leading = options.separator.hasBegin ? 1 : 0
        var counts = FragmentCounts()
        var chosen: [StructureCut] = []
        var next = 0
        try DocumentCutter(options).cut(framed, at: offered, document: document, counts: &counts) { start in
            while next < offered.count, offered[next].offset + leading < start { next += 1 }
            if next < offered.count, offered[next].offset + leading == start { chosen.append(offered[next]) }
        }
        return chosen
    }
}

extension DocumentCutter {
    /// The cutter of `options`. The tolerance stays below half a block, so that no two pieces that end at a cut share a block.
    init(_ options: PackingOptions) {
        self.init(
            length: options.length,
            tolerance: min(Int(options.tolerance * Double(options.length)), (options.length - 1) / 2),
            leading: options.separator.hasBegin ? 1 : 0)
    }
}

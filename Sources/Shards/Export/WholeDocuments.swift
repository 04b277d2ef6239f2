/// The documents of a data set, put together by somebody who knows more of them than its blocks say.
package protocol WholeDocuments {
    /// Calls `body` with every document, in the order in which they begin in the blocks.
    func forEach(progress: @escaping ExportProgress, _ body: (ExportRecord) throws -> Void) throws
}

/// How far an export is, in files that are read.
public typealias ExportProgress = @Sendable (_ done: Int, _ total: Int) -> Void

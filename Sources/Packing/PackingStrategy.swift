/// How documents are laid into blocks.
public enum PackingStrategy: String, Sendable, CaseIterable {
    /// One after another in stream order, cut wherever a block is full. No padding but in the last block; many documents are cut.
    case concatenate
    /// Documents longer than a block are cut into full blocks and a rest; whole documents and rests go where they fit best, the
    /// longest first (Ding et al. 2024, arXiv 2404.10830). A document of at most a block is never cut; nothing is truncated;
    /// what no piece fits is padded.
    case bestFit = "best-fit"
    /// Like best-fit, but a document longer than a block is cut at the end of a clause, a paragraph or a table row, where there is
    /// one within a tolerance before the block's end. Pieces of other documents fill the gap where some fit.
    case structure
}

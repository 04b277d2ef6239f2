/// What stays of the versions of one specification.
public enum LineagePolicy: String, Sendable, CaseIterable {
    /// Every version.
    case keepAll = "keep-all"
    /// The newest version.
    case newest
    /// The newest version of every release.
    case newestPerRelease = "newest-per-release"
    /// The oldest version whole, and of each later one the clauses that no earlier version has.
    case basePlusDeltas = "base-plus-deltas"
}

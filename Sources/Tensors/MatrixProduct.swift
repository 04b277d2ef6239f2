/// The sizes of one matrix product `result [rows, columns] (+)= scale * left * right`, all row by row without gaps.
public struct MatrixProduct: Sendable, Equatable {
    /// Rows of the result.
    public var rows: Int
    /// Columns of the result.
    public var columns: Int
    /// The length of the sums: columns of the left, rows of the right factor.
    public var inner: Int
    /// Whether the left factor is stored as [inner, rows] rather than [rows, inner].
    public var transposesLeft: Bool
    /// Whether the right factor is stored as [columns, inner] rather than [inner, columns].
    public var transposesRight: Bool
    /// What the product is multiplied with.
    public var scale: Float
    /// Whether the product is added to the result rather than replacing it.
    public var accumulates: Bool

    /// A product of the given sizes.
    public init(
        rows: Int, columns: Int, inner: Int, transposesLeft: Bool = false, transposesRight: Bool = false,
        scale: Float = 1, accumulates: Bool = false
    ) {
        self.rows = rows
        self.columns = columns
        self.inner = inner
        self.transposesLeft = transposesLeft
        self.transposesRight = transposesRight
        self.scale = scale
        self.accumulates = accumulates
    }
}

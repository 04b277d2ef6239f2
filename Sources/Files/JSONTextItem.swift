/// An item of an array that is expected to be one string or an array of two.
public struct JSONTextItem {
    /// The bytes of the string, or of the first; nil where the item is something else.
    public let first: UnsafeRawPointer?
    /// How many bytes it has.
    public let firstCount: Int
    /// The bytes of the second string; nil where the item is one string.
    public let second: UnsafeRawPointer?
    /// How many bytes it has.
    public let secondCount: Int
}

/// A member of an object whose value is expected to be a whole number.
public struct JSONNumberMember {
    /// The bytes of the key.
    public let key: UnsafeRawPointer
    /// How many bytes the key has.
    public let keyCount: Int
    /// The value; `Int.min` where it is no whole number.
    public let number: Int
}

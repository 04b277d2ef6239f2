/// A language that a text is written in, as far as one could tell.
public struct DetectedLanguage: Sendable, Equatable {
    /// Its BCP 47 tag (`en`, `zh-Hant`).
    public var tag: String
    /// Bytes of the text that are in it.
    public var bytes: Int

    /// A language and how much of the text is in it.
    public init(tag: String, bytes: Int) {
        self.tag = tag
        self.bytes = bytes
    }
}

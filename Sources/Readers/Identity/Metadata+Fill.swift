import Documents

extension Metadata {
    /// Takes over what is not known yet.
    mutating func fill(from other: Metadata) {
        title = title ?? other.title
        publisher = publisher ?? other.publisher
        specification = specification ?? other.specification
        version = version ?? other.version
        release = release ?? other.release
        date = date ?? other.date
        language = language ?? other.language
        licence = licence ?? other.licence
        self.other.merge(other.other) { own, _ in own }
    }
}

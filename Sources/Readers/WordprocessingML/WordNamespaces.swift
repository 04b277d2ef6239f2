/// The namespaces of ECMA-376, transitional first, strict second; that of Word 2003 third.
enum WordNamespaces {
    static let main = [
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
        "http://schemas.microsoft.com/office/word/2003/wordml",
    ]
    static let mathematics = [
        "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "http://purl.oclc.org/ooxml/officeDocument/math",
    ]
    static let compatibility = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    /// Tracked changes and comments of Word 2003.
    static let annotation = "http://schemas.microsoft.com/aml/2001/core"
    /// What Word 2003 says of a list beside its definition.
    static let auxiliary = "http://schemas.microsoft.com/office/word/2003/auxHint"
    static let office = "urn:schemas-microsoft-com:office:office"
    static let flatPackage = "http://schemas.microsoft.com/office/2006/xmlPackage"
}

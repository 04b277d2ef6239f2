/// The namespaces of ECMA-376, transitional first, strict second.
enum WordNamespaces {
    static let main = [
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    ]
    static let mathematics = [
        "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "http://purl.oclc.org/ooxml/officeDocument/math",
    ]
    static let compatibility = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    static let flatPackage = "http://schemas.microsoft.com/office/2006/xmlPackage"
}

/// A table that may go on over the end of the page.
struct OpenTable {
    var isOpen = false
    var rows = WordTable()
    /// Where its columns begin and end.
    var columns: [Range<Int32>] = []
    /// The header row's text, to know it again on the next page.
    var header: [UInt8] = []
    var font = PDFFont.usual
    var page = 0
}

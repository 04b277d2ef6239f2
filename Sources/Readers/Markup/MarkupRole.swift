/// What an element is to the text, whatever its dialect calls it.
enum MarkupRole: UInt8 {
    /// Its text flows with what surrounds it.
    case inline
    /// A word of its own: two that follow one another at once are parted by a space.
    case word
    /// Starts and ends a paragraph.
    case block
    /// A division that headings count their level by.
    case section
    /// A heading; its level is the number of open sections, or `MarkupElement.level`.
    case heading
    /// What is known of an article: words of their own are taken out.
    case frontMatter
    /// The title of the whole document; with a level, only inside the front matter.
    case title
    /// What stands before a heading or an item: its number.
    case label
    case bulletList, numberedList, item
    /// Lines that stay as they are.
    case code
    /// A paragraph that is one line of code; lines that follow one another are one block.
    case codeLine
    case table, row, cell, headerCell, headerRows
    case caption, note
    /// A figure or a table with what belongs to it: headings inside are captions.
    case figure
    /// One entry of a bibliography: titles and names inside are words.
    case citation
    /// A cell of a table that is written as one run of cells, as many a row as there are header cells.
    case gridHeader, gridCell
    case lineBreak
    /// A line end of the printed page: a space, or nothing where it cut a word.
    case printedLineEnd
    case tab
    /// Several spaces, as many as an attribute says.
    case spaces
    case superscript, lowered
    /// A reference: what it encloses is no exponent.
    case link
    /// A reference that may be empty and is then shown by its target.
    case reference
    /// A formula in MathML.
    case mathematics
    /// A formula as text: part of its paragraph, else a paragraph.
    case formulaText
    /// A formula in TeX.
    case tex
    /// Several forms of one formula: the first that is TeX or MathML counts.
    case alternatives
    /// Says that the file is of another kind than its root promises.
    case foreign
    /// Taken out, by the rule of `MarkupElement.rule`.
    case dropped
}

/// What a corpus is compared with a baseline by.
public enum DriftMeasure {
    /// Distributions, compared by the population stability index.
    public static let distributions = [
        "document_bytes", "document_tokens", "kinds", "languages", "rejects", "sources", "tokens",
    ]
    /// Figures, compared by relative change.
    public static let figures = [
        "bytes_per_token", "duplicate_share", "document_count", "padding_share", "reject_share", "text_bytes",
        "token_count", "unreadable_share",
    ]
    /// Both.
    static var names: [String] { distributions + figures }

    /// What a person reads.
    static func title(_ name: String) -> String {
        switch name {
        case "document_bytes": "bytes of documents"
        case "document_tokens": "tokens of documents"
        case "kinds": "kinds of text"
        case "languages": "languages"
        case "rejects": "reasons of rejections"
        case "sources": "tokens by source"
        case "tokens": "frequencies of tokens"
        case "bytes_per_token": "bytes a token"
        case "duplicate_share": "share of duplicates"
        case "document_count": "documents"
        case "padding_share": "share of padding"
        case "reject_share": "share of rejections"
        case "text_bytes": "bytes of text"
        case "token_count": "tokens"
        case "unreadable_share": "share of unreadable inputs"
        default: name
        }
    }
}

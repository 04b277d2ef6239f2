/// BCP 47 tags, as far as telling languages needs them.
enum LanguageTag {
    /// The primary subtag: `zh` of `zh-Hant`.
    static func primary(_ tag: String) -> String {
        tag.lowercased().split(separator: "-").first.map(String.init) ?? ""
    }

    /// The tag for a code of CLD2, which has two of before 1989; nil for none, and for a mere script.
    static func tag(ofCLD2 code: String) -> String? {
        switch code {
        case "", "un", "xxx", "tlh": nil
        case "iw": "he"
        case "jw": "jv"
        default: code.hasPrefix("xx-") || code.hasPrefix("zz") ? nil : code
        }
    }

    /// The primary subtags that count as the language of `tag`: CLD2 has one name where BCP 47 has several.
    static func accepted(_ tag: String) -> [String] {
        let wanted = primary(tag)
        switch wanted {
        case "no", "nb", "nn": return ["no", "nb", "nn"]
        case "yue", "lzh", "wuu", "cmn": return [wanted, "zh"]
        case "fil": return [wanted, "tl"]
        case "iw": return ["he"]
        case "jw": return ["jv"]
        default: return [wanted]
        }
    }
}

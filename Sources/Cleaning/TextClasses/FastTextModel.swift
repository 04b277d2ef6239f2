import CFastText
import Files

/// A supervised model of fastText: the owner of the library's handle.
///
/// `@unchecked Sendable`: a loaded model never changes, and asking it writes to the caller's memory alone.
final class FastTextModel: @unchecked Sendable {
    private let handle: OpaquePointer
    /// The labels, in the order of the model.
    let labels: [String]

    /// Loads a model. Throws `CleaningFailure.badModel` for a file that is damaged or none, `FileFailure` where it cannot be read.
    init(_ path: String) throws {
        try FastTextFile.check(path)
        var message = [CChar](repeating: 0, count: 256)
        guard let handle = shardmill_fasttext_load(path, &message, message.count) else {
            let text = String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            throw CleaningFailure.badModel(path: path, problem: "fastText says: \(MessageText.oneLine(text))")
        }
        self.handle = handle
        labels = (0..<shardmill_fasttext_label_count(handle)).map {
            String(cString: shardmill_fasttext_label(handle, $0))
        }
    }

    /// The probability of the label of index `label` for `line`, which must hold no line feed; nil where the model knows nothing in it.
    func probability(ofLabel label: Int, in line: UnsafeBufferPointer<UInt8>) -> Float? {
        let found = line.withMemoryRebound(to: CChar.self) { chars in
            withUnsafePointer(to: 0 as CChar) { empty in
                shardmill_fasttext_probability(handle, chars.baseAddress ?? empty, chars.count, Int32(label))
            }
        }
        return found >= 0 ? found : nil
    }

    deinit { shardmill_fasttext_free(handle) }
}

import Building
import Files

extension Manifest {
    /// What the manifest says against itself and against `tokenizer/`. `isNoted`: that an earlier version wrote it without a seal is said too.
    func findings(_ output: OutputFolder, isNoted: Bool) -> [Finding] {
        var findings: [Finding] = []
        switch seal {
        case .whole: break
        case .absent where !isNoted: break
        case .absent:
            findings.append(
                Finding(
                    rule: "manifest", severity: .note, place: FindingPlace(output.manifest),
                    expected: "a seal, as this version writes it", found: "none: an earlier version built the corpus",
                    hint: "whether the manifest or files of tokenizer/ were changed since is not known",
                    subject: "no seal"))
        case .broken(let expected, let found):
            findings.append(
                Finding(
                    rule: "manifest", place: output.manifest,
                    expected: "a manifest as it was written, sealed \(expected)",
                    found: found,
                    hint: "put the file back from a copy, or run the build again, which writes it anew",
                    subject: "seal"))
        }
        for problem in tokenizerProblems(output) {
            findings.append(
                Finding(
                    rule: "tokenizer", severity: problem.isExtra ? .warning : .error, place: FindingPlace(problem.path),
                    expected: problem.expected, found: problem.found,
                    hint: problem.isExtra
                        ? "remove it, or build with it in the tokenizer's folder"
                        : "`shardmill repair` copies the recipe's tokenizer here, where that is still the same",
                    subject: "tokenizer/\(PathText.name(of: problem.path))"))
        }
        return findings
    }
}

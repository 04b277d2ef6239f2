@testable import Cleaning
import Documents
import Files
import Glibc
import TestSupport
import Testing

@Suite struct WebSignalsSpeed {
    @Test(.enabled(if: ExternalProgram.environment("SPEED_CORPUS") != nil))
    func speed() throws {
        let path = ExternalProgram.environment("SPEED_CORPUS")!
        var lines = LineReader(try ByteStream.open(path))
        let parser = JSONParser()
        var texts: [[UInt8]] = []
        while let text = try lines.next({ line in try parser.parse(line, name: path) { [UInt8]($0["text"]!.utf8!) } }) { texts.append(text) }
        let bytes = texts.reduce(0) { $0 + $1.count }
        func cpu() -> Double { var u = rusage(); getrusage(0, &u); return Double(u.ru_utime.tv_sec) + Double(u.ru_utime.tv_usec) / 1e6 }
        for round in 0..<4 {
            let measure = QualityMeasure(webText: .everything)
            let start = cpu()
            var sum = 0
            for text in texts { sum &+= measure.measure(Document(id: "1", source: "s", text: text)).web!.words }
            let all = cpu() - start
            let start2 = cpu()
            for text in texts { sum &+= QualityMeasure.measure(Document(id: "1", source: "s", text: text)).lines }
            let own = cpu() - start2
            print("round \(round): \(sum) all \(Double(bytes) / 1e6 / all) MB/s, own \(Double(bytes) / 1e6 / own) MB/s, web alone \(Double(bytes) / 1e6 / (all - own))")
        }
    }
}

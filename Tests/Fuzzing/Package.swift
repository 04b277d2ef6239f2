// swift-tools-version: 6.3
import PackageDescription

// Apart from the main package because everything in it is built with `-sanitize=fuzzer,address`: `tools/fuzz` does.
let package = Package(
    name: "fuzzing",
    dependencies: [.package(name: "shardmill", path: "../..")],
    targets: [
        .executableTarget(
            name: "reader-fuzzer", dependencies: [.product(name: "ReadingProperties", package: "shardmill")],
            swiftSettings: [
                .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("InternalImportsByDefault"),
                .treatAllWarnings(as: .error),
            ])
    ]
)

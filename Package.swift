// swift-tools-version: 6.3
import PackageDescription

// The graph below is the architecture: who may import whom. `Tests/EndToEndTests/ImportGraphTests.swift` compares it with the
// `import` lines of the sources and with docs/architecture.md.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
]

/// A pipeline stage: a library in `Sources/<name>` and, beside it, its tests in `Tests/<name>Tests`.
func stage(
    _ name: String, _ dependencies: [Target.Dependency], tests: [Target.Dependency] = [], resources: [Resource]? = nil
) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings),
        .testTarget(
            name: name + "Tests",
            dependencies: [.init(stringLiteral: name), "TestSupport"] + dependencies + tests,
            swiftSettings: settings),
    ]
}

/// A C library of the system, seen through a module map and a shim header.
func system(_ name: String, pkgConfig: String, debian: String) -> Target {
    .systemLibrary(
        name: name, path: "Sources/CLibraries/\(name)", pkgConfig: pkgConfig, providers: [.apt([debian])])
}

let ground: [Target.Dependency] = ["Files", "Parallel", "Documents"]
let dataHalf: [Target.Dependency] =
    ground + ["Readers", "Cleaning", "Deduplication", "Tokenization", "Packing", "Shards"]

let package = Package(
    name: "shardmill",
    products: [
        .executable(name: "shardmill", targets: ["shardmill"]),
        // For the package in Tests/Fuzzing.
        .library(name: "ReadingProperties", targets: ["ReadingProperties"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        system("CZstd", pkgConfig: "libzstd", debian: "libzstd-dev"),
        system("CXML2", pkgConfig: "libxml-2.0", debian: "libxml2-dev"),
        system("COpenBLAS", pkgConfig: "openblas", debian: "libopenblas-dev"),
        system("CArchive", pkgConfig: "libarchive", debian: "libarchive-dev"),
        system("CXXHash", pkgConfig: "libxxhash", debian: "libxxhash-dev"),
        .systemLibrary(name: "CAllocator", path: "Sources/CLibraries/CAllocator"),
        .target(
            name: "CSimdjson", path: "Sources/CLibraries/CSimdjson", linkerSettings: [.linkedLibrary("simdjson")]),
        .target(
            name: "CCLD2", path: "Sources/CLibraries/CCLD2",
            // In this order: the large tables stand before those that the code brings along.
            linkerSettings: [.linkedLibrary("cld2_full"), .linkedLibrary("cld2")]),
        .target(
            name: "CFastText", path: "Sources/CLibraries/CFastText", linkerSettings: [.linkedLibrary("fasttext")]),
        .target(
            name: "CKernels", path: "Sources/CLibraries/CKernels",
            cSettings: [.unsafeFlags(["-O3", "-ffp-contract=fast"])]),
        .target(name: "TestSupport", dependencies: ["Files"], path: "Tests/TestSupport", swiftSettings: settings),
        // What holds for any input of a reader: for the fuzzer and for the tests of its findings.
        .target(
            name: "ReadingProperties", dependencies: ["Files", "Documents", "Readers", "Cleaning", "TestSupport"],
            path: "Tests/ReadingProperties", swiftSettings: settings),
        .executableTarget(
            name: "shardmill",
            dependencies: dataHalf + [
                "Building", "Tensors", "Transformers", "Evaluation", "Training", "Inspection", "Checking",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        // Writes invented standards for the demo and for tests of scale.
        .executableTarget(
            name: "standards-generator",
            dependencies: [
                "Files", "Parallel", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "corpora/generator", swiftSettings: settings),
        // Times encoding and loading inside one process, for tools/bench.
        .executableTarget(
            name: "tokenizer-benchmark",
            dependencies: [
                "Files", "Tokenization", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "tools/tokenizer-benchmark", swiftSettings: settings),
        // Times the search for repeated spans inside one process, for tools/bench.
        .executableTarget(
            name: "spans-benchmark",
            dependencies: [
                "Files", "Deduplication", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "tools/spans-benchmark", swiftSettings: settings),
        // Packs documents with every strategy, for tools/bench.
        .executableTarget(
            name: "packing-benchmark",
            dependencies: [
                "Files", "Documents", "Tokenization", "Packing",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "tools/packing-benchmark", swiftSettings: settings),
        // Times writing and reading of shards inside one process, beside the bare zstd library, for tools/bench.
        .executableTarget(
            name: "shards-benchmark",
            dependencies: [
                "Files", "Shards", "CZstd", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "tools/shards-benchmark", swiftSettings: settings),
        .testTarget(
            name: "CorporaTests",
            dependencies: ["standards-generator", "TestSupport", "Readers", "Cleaning", "Deduplication"] + ground,
            swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests", dependencies: ["TestSupport", "Files", "shardmill"],
            swiftSettings: settings),
    ]
        + stage(
            "Files",
            [
                "CZstd", "CArchive", "CXXHash", "CSimdjson", "CAllocator",
                .product(name: "Crypto", package: "swift-crypto"),
            ])
        + stage("Parallel", [])
        + stage("Documents", ["Files", "Parallel", "CKernels"])
        + stage("Readers", ground + ["CXML2", "CKernels"], tests: ["ReadingProperties"])
        + stage(
            "Cleaning", ground + ["CKernels", "CCLD2", "CFastText"],
            resources: [.embedInCode("Boilerplate/3gpp.yaml"), .embedInCode("Boilerplate/etsi.yaml")])
        + stage("Deduplication", ground + ["CKernels"])
        + stage(
            "Tokenization", ground + ["CKernels"],
            resources: ["chatml", "gemma", "llama2", "llama3", "mistral", "phi3", "zephyr"].map {
                .embedInCode("ChatTemplates/\($0).json")
            })
        + stage("Packing", ground)
        + stage("Shards", ground)
        + stage("Building", dataHalf + [.product(name: "Yams", package: "Yams")])
        + stage("Tensors", ["Files", "Parallel", "COpenBLAS", "CKernels"])
        + stage("Transformers", ["Files", "Parallel", "Tensors"])
        + stage("Evaluation", ["Files", "Parallel", "Tensors", "Transformers", "Shards", "Tokenization"])
        + stage(
            "Training", ["Files", "Parallel", "Tensors", "Transformers", "Evaluation", "Shards", "Tokenization"])
        + stage("Inspection", dataHalf + ["Building"])
        + stage(
            "Checking",
            dataHalf + ["Building", "Inspection", "Tensors", "Transformers", "Evaluation", "Training"]),
    cxxLanguageStandard: .cxx17
)

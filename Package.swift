// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours is checked as strictly as the compiler can.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

let package = Package(
    name: "scorekeeper",
    products: [
        .executable(name: "scorekeeper", targets: ["scorekeeper"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    ],
    targets: [
        // Level 0: C and system libraries.
        .target(name: "CLinux"),

        // Level 1: the nouns.
        .target(name: "Vocabulary", swiftSettings: strict),

        // Level 2: text, decisions, messages.
        .target(name: "Wire", dependencies: ["Vocabulary", "CLinux"], swiftSettings: strict),

        .testTarget(name: "VocabularyTests", dependencies: ["Vocabulary"]),
        .testTarget(name: "WireTests", dependencies: ["Wire"]),
    ]
)

// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours is checked as strictly as the compiler can.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// What the path of every request is compiled with in a release.
///
/// One event loop's confinement proves exclusivity there; checking it again at run time costs user
/// time for nothing. Debug builds, and so all tests, check. The few calls between these modules are
/// on the way of every request.
let hotPath: [SwiftSetting] =
    strict + [
        .unsafeFlags(
            ["-enforce-exclusivity=unchecked", "-cross-module-optimization"],
            .when(configuration: .release)
        )
    ]

let nio = "swift-nio"

let package = Package(
    name: "scorekeeper",
    products: [
        // For scorers in Swift: SCORERS.md.
        .library(name: "ScorerKit", targets: ["ScorerKit"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird",
            from: "2.28.1",
            traits: []
        ),
    ],
    targets: [
        // MARK: Level 0, C and system libraries
        .target(name: "CLinux"),
        .target(name: "CLaunch"),
        // The scorer's end of the lane is a target of its own, so that whoever links it does not get
        // the gateway's.
        .target(
            name: "CScorerKit",
            cSettings: [.headerSearchPath("../CScorerABI/include")]
        ),
        .target(name: "CScorerABI", dependencies: ["CScorerKit"], exclude: ["libscorer.c"]),
        .target(name: "CHTTPRead"),
        .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(
            name: "CLibArchive",
            pkgConfig: "libarchive",
            providers: [.apt(["libarchive-dev"])]
        ),
        .systemLibrary(
            name: "CLibSeccomp",
            pkgConfig: "libseccomp",
            providers: [.apt(["libseccomp-dev"])]
        ),

        // MARK: Level 1, the nouns
        .target(name: "Vocabulary", swiftSettings: strict),
        .target(name: "ScorerKit", dependencies: ["CScorerKit"], swiftSettings: strict),
        .target(name: "AnswerComparison", swiftSettings: strict),

        // MARK: Level 2, text, decisions, messages
        .target(
            name: "Wire",
            dependencies: ["AnswerComparison", "CLinux", "Vocabulary"],
            swiftSettings: strict
        ),
        .target(
            name: "Rulebook",
            dependencies: ["Vocabulary"],
            exclude: ["States.md"],
            swiftSettings: strict
        ),
        // Not "Dispatch": Linux's Foundation brings a module of that name.
        .target(
            name: "RequestDispatch",
            dependencies: ["Vocabulary"],
            swiftSettings: hotPath
        ),
        .target(
            name: "Manifests",
            dependencies: ["CLibArchive", "CLibYAML", "Vocabulary"],
            exclude: ["Rules.md"],
            swiftSettings: strict
        ),
        .target(
            name: "Logbook",
            dependencies: ["Vocabulary", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict
        ),

        // MARK: Level 3, one kind of work each
        .target(
            name: "ControlAPI",
            dependencies: ["AnswerComparison", "Vocabulary", "Wire"],
            swiftSettings: strict
        ),
        .target(
            name: "RequestQueue",
            dependencies: ["CScorerABI", "Vocabulary", "Wire"],
            swiftSettings: hotPath
        ),
        .target(
            name: "Processes",
            dependencies: ["CLaunch", "CLibSeccomp", "CLinux", "Vocabulary", "Wire"],
            swiftSettings: strict
        ),
        .target(
            name: "EnvironmentBuilder",
            dependencies: [
                "CLinux", "Manifests", "Vocabulary",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "ModelStore",
            dependencies: [
                "Manifests", "Vocabulary", .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Ledger",
            dependencies: ["Vocabulary", .product(name: "GRDB", package: "GRDB.swift")],
            exclude: ["Schema.md"],
            swiftSettings: strict
        ),

        // MARK: Level 4, whole processes but for their deciders
        .target(
            name: "Gateway",
            dependencies: [
                "AnswerComparison", "CHTTPRead", "CLinux", "RequestDispatch", "RequestQueue",
                "Vocabulary", "Wire",
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: hotPath
        ),
        .target(
            name: "Conformance",
            dependencies: ["CLinux", "RequestQueue", "Vocabulary", "Wire"],
            swiftSettings: strict
        ),
        .target(
            name: "ControlPlane",
            dependencies: [
                "ControlAPI", "Vocabulary", "Wire",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOFoundationCompat", package: nio),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Simulation",
            dependencies: ["Rulebook", "Vocabulary"],
            swiftSettings: strict
        ),

        // MARK: Level 5, the server
        .target(
            name: "Client",
            dependencies: [
                "ControlAPI", "Vocabulary",
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOFoundationCompat", package: nio),
                .product(name: "NIOHTTP1", package: nio),
                .product(name: "NIOPosix", package: nio),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Supervisor",
            dependencies: [
                "CLinux", "ControlAPI", "ControlPlane", "EnvironmentBuilder", "Ledger", "Logbook",
                "Manifests", "ModelStore", "Rulebook", "Vocabulary", "Wire",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),

        // MARK: Level 6, the executable
        .executableTarget(
            name: "scorekeeper",
            dependencies: [
                "CLinux", "Client", "Conformance", "ControlAPI", "Gateway", "Manifests",
                "ModelStore", "Processes", "Simulation", "Supervisor", "Vocabulary", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict
        ),

        // MARK: Tests
        .target(
            name: "CLaneKit",
            dependencies: ["CScorerABI", "CScorerKit"],
            path: "Tests/LaneStress/kit"
        ),
        .target(
            name: "TestSupport",
            dependencies: ["CLibArchive", "Wire"],
            path: "Tests/Support",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "ProcessesTestNode",
            dependencies: ["Processes", "Vocabulary"],
            path: "Tests/ProcessesTests/NodeProgram",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "DispatchBench",
            dependencies: ["RequestDispatch", "Vocabulary"],
            path: "Tests/DispatchBench",
            swiftSettings: hotPath
        ),
        .testTarget(name: "HouseTests"),
        .testTarget(name: "VocabularyTests", dependencies: ["Vocabulary"]),
        .testTarget(name: "AnswerComparisonTests", dependencies: ["AnswerComparison"]),
        .testTarget(name: "WireTests", dependencies: ["CLinux", "Vocabulary", "Wire"]),
        .testTarget(name: "RulebookTests", dependencies: ["Rulebook", "Vocabulary"]),
        .testTarget(name: "SimulationTests", dependencies: ["Simulation"]),
        .testTarget(
            name: "RequestDispatchTests",
            dependencies: ["RequestDispatch", "TestSupport", "Vocabulary"]
        ),
        .testTarget(
            name: "ManifestsTests",
            dependencies: ["Manifests", "TestSupport", "Vocabulary"],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "ModelStoreTests",
            dependencies: ["Manifests", "ModelStore", "TestSupport", "Vocabulary"]
        ),
        .testTarget(
            name: "LogbookTests",
            dependencies: ["Logbook", .product(name: "Logging", package: "swift-log")]
        ),
        .testTarget(
            name: "LedgerTests",
            dependencies: [
                "Ledger", "Vocabulary", .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "EnvironmentBuilderTests",
            dependencies: ["CLinux", "EnvironmentBuilder", "Manifests", "Vocabulary"]
        ),
        .testTarget(
            name: "RequestQueueTests",
            dependencies: [
                "CLaneKit", "CLinux", "CScorerABI", "CScorerKit", "RequestQueue", "ScorerKit",
                "Vocabulary", "Wire",
            ]
        ),
        .testTarget(
            name: "ProcessesTests",
            dependencies: [
                "CLaunch", "CLinux", "Processes", "ProcessesTestNode", "TestSupport", "Vocabulary",
                "Wire",
            ],
            exclude: ["Fuzz", "NodeProgram", "Runtime"]
        ),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "CHTTPRead", "CLinux", "CScorerABI", "CScorerKit", "Gateway", "RequestDispatch",
                "RequestQueue", "TestSupport", "Vocabulary", "Wire",
                .product(name: "NIOCore", package: nio),
                .product(name: "NIOEmbedded", package: nio),
                .product(name: "NIOHTTP1", package: nio),
            ]
        ),
        .testTarget(
            name: "ControlPlaneTests",
            dependencies: [
                "Client", "ControlAPI", "ControlPlane", "Logbook", "TestSupport", "Vocabulary",
                "Wire",
            ],
            exclude: ["Fixtures"]
        ),
        .testTarget(
            name: "SupervisorTests",
            dependencies: [
                "AnswerComparison", "ControlAPI", "Ledger", "Manifests", "ModelStore", "Rulebook",
                "Supervisor", "Vocabulary", "Wire",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(name: "ConformanceTests", dependencies: ["Conformance", "RequestQueue"]),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "AnswerComparison", "Client", "ControlAPI", "TestSupport", "Vocabulary", "Wire",
                "scorekeeper",
            ],
            exclude: ["Fixtures"]
        ),
    ]
)

// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Vocabulary

/// Something that is registered under a name and a version.
public protocol VersionedAsset: Sendable {
    /// What it is.
    static var kind: AssetID.Kind { get }
    /// Its name.
    var name: String { get }
    /// Its version.
    var version: String { get }
    /// When it was registered; nothing where it came along with Scorekeeper.
    var registered: Date? { get }
    /// Whether `@latest` passes it over.
    var isArchived: Bool { get }
}

extension ModelAsset: VersionedAsset {
    /// A model.
    public static var kind: AssetID.Kind { .model }
    /// When it was registered.
    public var registered: Date? { created }
}

extension EnvironmentAsset: VersionedAsset {
    /// An environment.
    public static var kind: AssetID.Kind { .environment }
    /// When it was registered; nothing for a curated one.
    public var registered: Date? { created }
}

/// Every version of what is registered, to find one as `@latest` does.
public struct AssetVersions<Asset: VersionedAsset>: Sendable {
    private let all: [Asset]

    /// Looks among these, which stand in order.
    public init(_ all: [Asset]) {
        self.all = all
    }

    /// The version of a name; where none is said the one registered last that is not archived, and
    /// what came along where none was registered.
    public func find(_ name: String, version: String?) -> Asset? {
        let named = all.filter { $0.name == name }
        if let version { return named.first { $0.version == version } }
        let there = named.filter { !$0.isArchived }
        let registered = there.filter { $0.registered != nil }
        return registered.max { ($0.registered ?? .distantPast) < ($1.registered ?? .distantPast) }
            ?? there.last
    }
}

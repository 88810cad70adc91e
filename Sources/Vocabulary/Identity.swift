// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// A deployment's full address: its endpoint and its own name.
public struct DeploymentKey: Hashable, Comparable, Sendable, WrittenNoun {
    /// The endpoint that the deployment stands behind.
    public let endpoint: EndpointName
    /// The deployment's own name.
    public let deployment: DeploymentName

    /// Makes the address of `deployment` behind `endpoint`.
    public init(endpoint: EndpointName, deployment: DeploymentName) {
        self.endpoint = endpoint
        self.deployment = deployment
    }

    /// `endpoint/deployment`.
    public var description: String { "\(endpoint)/\(deployment)" }

    /// What can be written.
    public static var rule: String { "ENDPOINT/DEPLOYMENT" }

    /// Reads `endpoint/deployment`.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2,
            let endpoint = EndpointName(String(parts[0])),
            let deployment = DeploymentName(String(parts[1]))
        else { return nil }
        self.init(endpoint: endpoint, deployment: deployment)
    }

    /// Whether `left` comes before `right`.
    public static func < (left: DeploymentKey, right: DeploymentKey) -> Bool {
        (left.endpoint, left.deployment) < (right.endpoint, right.deployment)
    }
}

/// One reserved place of a deployment; it lives through many processes.
///
/// Ordinals are given once and never again within a deployment's life, so that a late report about
/// an instance that is gone matches nothing.
public struct InstanceID: Hashable, Comparable, Sendable, WrittenNoun {
    /// The deployment that the instance belongs to.
    public let key: DeploymentKey
    /// The instance's number within its deployment, from 1.
    public let ordinal: Int

    /// Makes the identity of instance `ordinal` of `key`.
    public init(key: DeploymentKey, ordinal: Int) {
        self.key = key
        self.ordinal = ordinal
    }

    /// `endpoint/deployment/ordinal`: what `scorekeeper explain` takes.
    public var description: String { "\(key)/\(ordinal)" }

    /// What can be written.
    public static var rule: String { "ENDPOINT/DEPLOYMENT/NUMBER, from 1" }

    /// Reads `endpoint/deployment/ordinal`.
    public init?(_ text: String) {
        guard let slash = text.lastIndex(of: "/"), let key = DeploymentKey(String(text[..<slash])),
            let ordinal = Int(text[text.index(after: slash)...]), ordinal > 0
        else { return nil }
        self.init(key: key, ordinal: ordinal)
    }

    /// Whether `left` comes before `right`.
    public static func < (left: InstanceID, right: InstanceID) -> Bool {
        (left.key, left.ordinal) < (right.key, right.ordinal)
    }
}

/// One process life of an instance.
///
/// Every effect and every event about a process carries its run; an event of an earlier incarnation
/// matches nothing.
public struct Run: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// The instance whose life this is.
    public let instance: InstanceID
    /// Which life, from 1.
    public let incarnation: Int

    /// Makes the identity of life `incarnation` of `instance`.
    public init(instance: InstanceID, incarnation: Int) {
        self.instance = instance
        self.incarnation = incarnation
    }

    /// `endpoint/deployment/ordinal#incarnation`.
    public var description: String { "\(instance)#\(incarnation)" }

    /// Whether `left` comes before `right`.
    public static func < (left: Run, right: Run) -> Bool {
        (left.instance, left.incarnation) < (right.instance, right.incarnation)
    }
}

/// The name of a node, for example `node-1`.
public struct NodeName: Hashable, Comparable, Sendable, WrittenNoun {
    /// The name as written.
    public let text: String

    /// What can be written.
    public static var rule: String { "1 to 32 letters, digits and hyphens" }

    /// Makes a node's name; nothing unless it is 1 to 32 ASCII letters, digits and hyphens.
    public init?(_ text: String) {
        guard (1...32).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "-") })
        else { return nil }
        self.text = text
    }

    /// Makes the name of the node with this number, from 1.
    public init(number: Int) {
        self.text = "node-\(number)"
    }

    /// The text for people.
    public var description: String { text }

    /// Whether `left` comes before `right`.
    public static func < (left: NodeName, right: NodeName) -> Bool { left.text < right.text }
}

/// What a deployment should be at one time: its number grows with each change.
public struct Revision: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// The revision's number within its deployment, from 1.
    public let number: Int

    /// Makes revision `number`.
    public init(number: Int) {
        self.number = number
    }

    /// `r1`.
    public var description: String { "r\(number)" }

    /// Reads its number.
    public init(from decoder: any Decoder) throws {
        number = try decoder.singleValueContainer().decode(Int.self)
    }

    /// Writes its number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }

    /// The revision after this one.
    public var next: Revision { Revision(number: number + 1) }

    /// Whether `left` comes before `right`.
    public static func < (left: Revision, right: Revision) -> Bool { left.number < right.number }
}

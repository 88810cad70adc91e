// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// The instance types that a server knows: Azure's common ones, and the operator's own.
///
/// Names are compared without case, as Azure compares them. One of the operator's own takes the place
/// of Azure's of the same name.
public struct InstanceTypes: Sendable {
    /// What the operator wrote, in order.
    public let own: [InstanceType]
    private let known: [String: InstanceType]

    /// Azure's types and `own`.
    public init(own: [InstanceType] = []) {
        self.own = own
        known = Dictionary(
            (InstanceType.azures + [.shared] + own).map { ($0.name.lowercased(), $0) }
        ) { _, later in later }
    }

    /// The type of that name.
    ///
    /// Errors: `unknownInstanceType` with the nearest name.
    public func find(_ name: WrittenName) throws(Problem) -> InstanceType {
        if let type = known[name.text.lowercased()] { return type }
        let names = own.map(\.name) + InstanceType.azures.map(\.name)
        let nearest = NearestWord.of(name.text, among: names)
        let question = nearest.map { "did you mean '\($0)'? " } ?? ""
        throw Problem(
            .invalid,
            code: "unknownInstanceType",
            what: "there is no instance type '\(name.text.excerpt.printable)'",
            remedy: question
                + "write one of Azure's, as 'Standard_DS3_v2', leave 'instance_type' out to "
                + "share what is there, or have types of your own: 'scorekeeper serve "
                + "--instance-types FILE'",
            location: name.location
        )
    }

    /// What can be said of a type before a server is asked, which may know others.
    public static func notice(of name: WrittenName) -> Notice? {
        guard let type = try? InstanceTypes().find(name) else {
            return Notice(
                code: "instanceType",
                text:
                    "'\(name.text.excerpt)' is none of Azure's instance types: the server must know it "
                    + "('scorekeeper serve --instance-types FILE')",
                location: name.location
            )
        }
        return notice(of: type, at: name.location)
    }

    /// What a person should know of a deployment on this type; nothing for most.
    public static func notice(of type: InstanceType, at location: Problem.Location?) -> Notice? {
        guard type.gpus > 0 else { return nil }
        let gpus = Counted(type.gpus, "GPU")
        return Notice(
            code: "noGPU",
            text: "'\(type.name)' has \(gpus), and scorers are given none: it gets its "
                + "\(CoreCount(millicores: type.millicores).counted) and \(ByteCount(type.memoryBytes))",
            location: location
        )
    }
}

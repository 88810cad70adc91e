// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Manifests
import Vocabulary

/// What a request wants an endpoint to be.
struct EndpointPlan {
    /// The endpoint.
    let name: EndpointName
    /// What a person should be told.
    let notices: [String]
    private let request: EndpointRequest
    private let manifest: EndpointManifest?

    /// Reads a request; what is written over no document is written over what is `declared`.
    ///
    /// Errors: `noName`; what the document's check would tell.
    init(_ request: EndpointRequest, over declared: EndpointDocument? = nil) throws(Problem) {
        try PathCheck.refuseCutOff([request.file])
        var told: [String] = []
        if request.file == nil, let declared, !request.overrides.isEmpty {
            let overrides = try Self.overrides(of: request)
            try ManifestOverride.refuseRenaming(overrides, of: ["name": declared.name.text])
            let read = try ManifestReader.endpoint(declared.written, setting: overrides)
            manifest = read.manifest
            name = declared.name
            told = read.notices.map(\.description)
        } else if request.file != nil || !request.overrides.isEmpty {
            let (manifest, notices) = try Self.read(request)
            self.manifest = manifest
            self.name = request.name ?? manifest.name
            told = notices
        } else {
            guard let name = request.name else {
                throw Problem(
                    .invalid,
                    code: "noName",
                    what: "no endpoint is named",
                    remedy: "give its name with -n, or name a document with -f"
                )
            }
            manifest = nil
            self.name = name
        }
        self.request = request
        let isOpen = "'\(name)' asks nobody for a key yet: whoever reaches the port can score"
        notices = request.mode == .update ? told : told + (told.isEmpty ? [isOpen] : [])
    }

    /// The endpoint's document, which keeps what the request leaves open.
    func document(over present: EndpointDocument) -> EndpointDocument {
        var document = manifest.map { EndpointDocument($0, over: present) } ?? present
        if let traffic = request.traffic { document.traffic = traffic }
        if let mirror = request.mirrorTraffic { document.mirrorTraffic = mirror }
        return document
    }

    private static func overrides(
        of request: EndpointRequest
    ) throws(Problem) -> [ManifestOverride] {
        try request.overrides.map { text throws(Problem) in try ManifestOverride(text) }
    }

    private static func read(
        _ request: EndpointRequest
    ) throws(Problem) -> (EndpointManifest, [String]) {
        var overrides = try Self.overrides(of: request)
        if let name = request.name {
            overrides.append(
                ManifestOverride(path: ["name"], value: name.text, place: "--name")
            )
        }
        let read = try ManifestReader.read(
            path: request.file,
            as: .endpoint,
            setting: overrides
        )
        guard case .endpoint(let manifest) = read.manifest else {
            preconditionFailure("asked for an endpoint and read \(read.manifest)")
        }
        return (manifest, read.notices.map(\.description))
    }
}

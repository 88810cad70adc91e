// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Vocabulary

/// What a look at the models folder found.
public enum DropScan: Hashable, Sendable {
    /// The folder is not there, or cannot be read.
    case gone
    /// What is in it.
    case folder(DropListing)
}

/// What was in the models folder.
public struct DropListing: Hashable, Sendable {
    /// Which folder it was: another one at the same path (a mount that came off) is another.
    public var identity: FolderIdentity
    /// What bears a name that may be a model's.
    public var observations: [DropObservation]

    /// Makes a listing.
    public init(identity: FolderIdentity, observations: [DropObservation]) {
        self.identity = identity
        self.observations = observations
    }
}

/// Which folder stands at a path.
public struct FolderIdentity: Hashable, Sendable {
    /// The device it lies on.
    public let device: UInt64
    /// Its number there.
    public let inode: UInt64

    /// Makes an identity from its parts.
    public init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }
}

/// One name in the models folder: a directory `NAME` with the document `NAME.yml` beside it, or
/// something else.
public struct DropObservation: Hashable, Sendable {
    /// What only a closer look tells; it is taken while something about the name is not settled.
    public struct Details: Hashable, Sendable {
        /// Whether a process holds one of its files open for writing.
        public var isBeingWritten: Bool
        /// What its `MLmodel` names and is not there.
        public var missing: [Problem]
        /// Why it cannot be a model at all.
        public var refusal: Problem?

        /// Makes details.
        public init(isBeingWritten: Bool, missing: [Problem], refusal: Problem?) {
            self.isBeingWritten = isBeingWritten
            self.missing = missing
            self.refusal = refusal
        }
    }

    /// The folder's name.
    public var name: String
    /// The path to hand to the store.
    public var path: String
    /// Changes with every name, size, time and inode below it, and with those of its document.
    public var fingerprint: UInt64
    /// The closer look, where it was taken.
    public var details: Details?

    /// Makes an observation.
    public init(name: String, path: String, fingerprint: UInt64, details: Details?) {
        self.name = name
        self.path = path
        self.fingerprint = fingerprint
        self.details = details
    }
}

/// What happened in the models folder, as far as it concerns anybody.
public enum DropEvent: Hashable, Sendable {
    /// A whole model is there that was not.
    case appeared(EndpointNaming, path: String)
    /// A model or the document beside it is another, and whole.
    case changed(EndpointNaming, path: String)
    /// A model is no longer there.
    case removed(EndpointNaming)
    /// What bears this name is not served, or not as it now is; said once for each change.
    case refused(name: String, Problem)
}

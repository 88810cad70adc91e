// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Vocabulary

/// Decides what a look at the models folder means: pure, and in whatever time it is told.
///
/// - A name is acted on when nothing about it has changed for two seconds, no process holds one of
///   its files open for writing, and everything that its `MLmodel` names is there. The same holds
///   for its removal: a folder that is replaced is away for a moment.
/// - What is incomplete keeps what was served before; after ten quiet seconds it is told.
/// - The models folder itself gone, or another one in its place, removes nothing: a name counts as
///   removed only from the folder that it was seen in.
/// - Two names that stand for one endpoint are refused; one that is served already goes on.
public struct DropFolderWatch: Sendable {
    /// How long nothing may have changed before a name is acted on.
    public static let quiet = Duration.seconds(2)
    /// How long something incomplete may stay quiet before it is told.
    public static let patience = Duration.seconds(10)

    private struct Record: Sendable {
        /// What was seen last; nothing while the name is absent.
        var seen: UInt64?
        /// Since when it is so.
        var since: Moment
        /// The folder it was last seen in; nothing for a name known from before.
        var home: FolderIdentity?
        /// Whether the supervisor was told of a model.
        var isServed = false
        /// The state that was acted on.
        var settled: UInt64?
        /// What was refused last, so that it is said once.
        var told: Problem?
    }

    private var records: [String: Record]

    /// Starts to watch; `known` are the names that are served from before.
    public init(known: [String] = [], at now: Moment) {
        records = [:]
        for name in known { records[name] = Record(since: now, isServed: true) }
    }

    /// Whether a closer look at `name` is wanted: what is known of it is not what was acted on.
    public func wantsDetails(of name: String, fingerprint: UInt64) -> Bool {
        records[name]?.settled != fingerprint
    }

    /// What the scan means; events are in order of their names.
    public mutating func decide(scan: DropScan, at now: Moment) -> [DropEvent] {
        guard case .folder(let listing) = scan else {
            // What comes back must be quiet anew.
            for name in records.keys.sorted() { records[name]?.since = now }
            return []
        }
        var present: [String: DropObservation] = [:]
        for observation in listing.observations where !Self.isIgnored(observation.name) {
            present[observation.name] = observation
        }
        let collisions = collisions(among: present.keys.sorted())
        var events: [DropEvent] = []
        for name in Set(records.keys).union(present.keys).sorted() {
            if let observation = present[name] {
                note(observation, in: listing.identity, at: now)
                events += decidePresent(observation, collisions[name], at: now)
            } else {
                events += decideAbsent(name, in: listing.identity, at: now)
            }
        }
        return events
    }

    /// Decides about `name` again after a quiet time: what was told could not be done just now, the
    /// disk being full for example.
    public mutating func reconsider(_ name: String, at now: Moment) {
        guard records[name] != nil else { return }
        records[name]?.settled = nil
        records[name]?.since = now
    }

    /// When to look again at the latest, if anything waits for quiet to pass.
    public func nextLook(at now: Moment) -> Moment? {
        let waiting = records.values.filter { $0.seen != $0.settled || $0.seen == nil }
        return waiting.map { max($0.since + Self.quiet, now + .seconds(1)) }.min()
    }

    /// Names that are nobody's model: hidden ones, copies under way, an editor's, a file system's.
    public static func isIgnored(_ name: String) -> Bool {
        name.hasPrefix(".") || name.hasSuffix(".tmp") || name.hasSuffix("~")
            || name == "lost+found"
    }

    private mutating func note(
        _ observation: DropObservation,
        in folder: FolderIdentity,
        at now: Moment
    ) {
        var record = records[observation.name] ?? Record(since: now)
        if record.seen != observation.fingerprint {
            record.seen = observation.fingerprint
            record.since = now
        }
        record.home = folder
        records[observation.name] = record
    }

    private mutating func decidePresent(
        _ observation: DropObservation,
        _ collision: Problem?,
        at now: Moment
    ) -> [DropEvent] {
        let name = observation.name
        guard var record = records[name], record.settled != observation.fingerprint else {
            return []
        }
        // Without a closer look nothing can be said; with a writer, whatever is said is early.
        guard now - record.since >= Self.quiet, let details = observation.details,
            !details.isBeingWritten
        else { return [] }
        defer { records[name] = record }
        var refusal = collision ?? details.refusal
        let naming = EndpointNaming(folder: name)
        if naming == nil, refusal == nil {
            refusal = EndpointNaming.names(of: [name]).problems.first?.problem
        }
        if refusal == nil, let missing = details.missing.first {
            guard now - record.since >= Self.patience else { return [] }
            refusal = missing
        }
        if let refusal {
            // What it collides with or waits for may change without it; what it is may not.
            if refusal == details.refusal { record.settled = observation.fingerprint }
            guard record.told != refusal else { return [] }
            record.told = refusal
            return [.refused(name: name, refusal)]
        }
        guard let naming else { return [] }
        let wasServed = record.isServed
        record.settled = observation.fingerprint
        record.told = nil
        record.isServed = true
        return [
            wasServed
                ? .changed(naming, path: observation.path)
                : .appeared(naming, path: observation.path)
        ]
    }

    private mutating func decideAbsent(
        _ name: String,
        in folder: FolderIdentity,
        at now: Moment
    ) -> [DropEvent] {
        guard var record = records[name] else { return [] }
        if let home = record.home, home != folder {
            // Seen in a folder that is not this one: this one says nothing about it.
            return []
        }
        if record.seen != nil {
            record.seen = nil
            record.since = now
        }
        guard now - record.since >= Self.quiet else {
            records[name] = record
            return []
        }
        records[name] = nil
        guard record.isServed, let naming = EndpointNaming(folder: name) else { return [] }
        return [.removed(naming)]
    }

    /// A problem for each name that stands for another's endpoint; a served one keeps it.
    private func collisions(among names: [String]) -> [String: Problem] {
        var result: [String: Problem] = [:]
        for refused in EndpointNaming.names(of: names).problems
        where records[refused.folder]?.isServed != true {
            result[refused.folder] = refused.problem
        }
        return result
    }
}

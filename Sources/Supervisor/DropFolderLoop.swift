// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Foundation
import Logging
import Manifests
import ModelStore
import Vocabulary

/// Looks at the models folder twice a second and takes what is decided about it to the supervisor.
///
/// One thing at a time and in order: a large model that is being copied delays those after it, and
/// nothing overtakes.
struct DropFolderLoop: Sendable {
    private static let pause: Duration = .milliseconds(500)

    private let folder: DropFolder
    private let supervisor: Supervisor
    private let intake: Intake

    /// Watches `folder` for `supervisor`.
    init(folder: String, supervisor: Supervisor, intake: Intake) {
        self.folder = DropFolder(path: folder)
        self.supervisor = supervisor
        self.intake = intake
    }

    /// Watches until the task is cancelled.
    func run() async {
        var watch = DropFolderWatch(known: await supervisor.droppedNames(), at: now)
        while !Task.isCancelled {
            let scan = folder.scan { watch.wantsDetails(of: $0, fingerprint: $1) }
            await supervisor.note(scan, of: folder.path)
            for event in watch.decide(scan: scan, at: now) {
                guard let name = await take(event) else { continue }
                // A full disk or a model that changed meanwhile: it is tried again.
                watch.reconsider(name, at: now)
            }
            guard (try? await Task.sleep(for: Self.pause)) != nil else { return }
        }
    }

    private var now: Moment { Moment(nanoseconds: linux_monotonic_nanoseconds()) }

    /// Takes one event to the supervisor; answers the entry's name where that has to be repeated.
    private func take(_ event: DropEvent) async -> String? {
        switch event {
        case .appeared(let naming, let path), .changed(let naming, let path):
            do throws(Problem) {
                let draft = try await intake.read(dropped: naming.folder, at: path)
                try await supervisor.takeUp(draft, droppedAs: naming.folder)
            } catch {
                await supervisor.refuse(naming.folder, error)
                let mayPass = error.kind == .exhausted || error.kind == .conflict
                return mayPass ? naming.folder : nil
            }
        case .removed(let naming):
            await supervisor.letGo(of: naming)
        case .refused(let name, let problem):
            await supervisor.refuse(name, problem)
        }
        return nil
    }
}

/// What the models folder brings.
extension Supervisor {
    /// The names of entries that are served from before.
    func droppedNames() -> [String] {
        shelf.wanted.compactMap { document in
            if case .dropped(let name, _) = document.origin { name } else { nil }
        }
    }

    /// Keeps the notices about the folder true: its absence, and entries that are gone.
    func note(_ scan: DropScan, of path: String) {
        guard case .folder(let listing) = scan else {
            let text = "the models folder '\(path)' is gone: what was served goes on"
            notices.set(text, for: .models)
            return
        }
        notices.set(nil, for: .models)
        notices.keepDrops(among: listing.observations.map(\.name))
    }

    /// Serves what an entry holds.
    func takeUp(_ draft: Draft, droppedAs name: String) throws(Problem) {
        _ = try declare(draft)
        let told = draft.notices.joined(separator: "; ")
        let text = told.isEmpty ? nil : "'\(name)': \(told)"
        notices.set(text, for: .drop(name))
    }

    /// An entry cannot be served; what it brought before goes on.
    func refuse(_ name: String, _ problem: Problem) {
        logger.warning("refused", metadata: ["entry": "\(name)", "why": "\(problem)"])
        notices.set("'\(name)' is refused: \(problem)", for: .drop(name))
    }

    /// An entry is gone, and its endpoint with it.
    func letGo(of naming: EndpointNaming) {
        notices.set(nil, for: .drop(naming.folder))
        for document in shelf.wanted where document.key.endpoint == naming.endpoint {
            // Another entry may have taken its place: an archive that of the folder it was packed from.
            guard case .dropped(naming.folder, _) = document.origin else { continue }
            do throws(Problem) {
                try withdraw(document.key)
            } catch {
                let text = "cannot remove '\(naming.endpoint)': \(error)"
                notices.set(text, for: .drop(naming.folder))
            }
        }
    }
}

// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary
import Wire

/// The node's warmed parents: the effects of what `WarmedParents` decides.
extension Node {
    func decide(_ event: WarmedParents.Event) {
        for effect in warmth.decide(event, now: Self.now) { perform(effect) }
    }

    private func perform(_ effect: WarmedParents.Effect) {
        switch effect {
        case .startParent(let name): startParent(name)
        case .fork(let name, let run): fork(run, from: name)
        case .startCold(let run): fallBack(run)
        case .endParent(let name): parents[name]?.end()
        case .notice(let text): decide(.noticed(text))
        case .settled(let text): decide(.settled(text))
        }
    }

    private func startParent(_ name: String) {
        let order = warmOrders.keys.sorted().compactMap { warmOrders[$0] }.first {
            spawner.warmProgram($0)?.environment == name
        }
        guard let order, let python = spawner.warmProgram(order), parents[name] == nil else {
            return decide(.ended(name, "an earlier one is still leaving"))
        }
        do throws(SystemError) {
            let givesWay = everyoneGivesWay(waitingFor: name)
            parents[name] = try spawner.startParent(python, givingWay: givesWay)
        } catch {
            decide(.ended(name, error.description))
        }
    }

    private func fork(_ run: Run, from name: String) {
        guard let order = warmOrders[run], let parent = parents[name],
            let python = spawner.warmProgram(order)
        else { return decide(.failed(run, "its parent is gone")) }
        let givesWay = givingWay.includes(run)
        if everyoneGivesWay(waitingFor: name) { set(parent, givesWay: true) }
        do throws(SystemError) {
            held[run] = try spawner.fork(order, python, from: parent, givingWay: givesWay)
        } catch {
            decide(.failed(run, error.description))
        }
    }

    /// Starts cold what could not be forked.
    ///
    /// A child that is half made is ended and forgotten: it has run nothing of the order's program.
    private func fallBack(_ run: Run) {
        guard let order = warmOrders.removeValue(forKey: run) else { return }
        if let process = held.removeValue(forKey: run) {
            process.end(now: Self.now)
            if let group = process.cleanUp() { dyingGroups.append(group) }
            spawner.giveBack(process)
        }
        startCold(order)
    }

    func watchParents(_ watch: inout PollSet) {
        for name in parents.keys.sorted() {
            guard let parent = parents[name] else { continue }
            if parent.isLaunchOpen { watch.add(parent.launch.descriptor) { $0.hearLaunch(name) } }
            if parent.isControlOpen { watch.add(parent.descriptor) { $0.hearControl(name) } }
            if parent.isLogOpen, parent.log.pausedUntil == nil {
                watch.add(parent.log.descriptor) { $0.readParentLog(name) }
            }
        }
    }

    private func hearLaunch(_ name: String) {
        guard let parent = parents[name] else { return }
        while parent.isLaunchOpen, let news = parent.launch.next() {
            switch news {
            case .arrived:
                do throws(SystemError) {
                    try parent.arrived()
                } catch {
                    parent.failure = LaunchFailure(error)
                    parent.end()
                }
            case .failed(let failure): parent.failure = parent.failure ?? failure
            case .closed: parent.isLaunchOpen = false
            case .scorer, .started, .ended: break
            }
        }
    }

    private func hearControl(_ name: String) {
        guard let parent = parents[name] else { return }
        while parent.isControlOpen, let news = parent.next() {
            switch news {
            case .warmed: decide(.warmed(name))
            case .forked: break
            case .failed(let reason):
                parent.end()
                decide(.ended(name, reason))
            case .closed: parent.isControlOpen = false
            }
        }
    }

    private func readParentLog(_ name: String) {
        guard let parent = parents[name] else { return }
        if !parent.log.read(now: Self.now) { parent.isLogOpen = false }
    }

    /// A warmed parent was reaped.
    func parentEnded(_ parent: WarmedParent, _ status: Int32) {
        hearLaunch(parent.environment)
        parent.log.finish(now: Self.now)
        parents[parent.environment] = nil
        parent.group?.kill()
        if let group = spawner.giveBack(parent) { dyingGroups.append(group) }
        decide(.ended(parent.environment, Self.reason(parent, status)))
    }

    private static func reason(_ parent: WarmedParent, _ status: Int32) -> String {
        if let failure = parent.failure { return failure.reason }
        let signal = status & 0x7f
        let cause: ExitReport.Cause =
            signal == 0 ? .exited(status: (status >> 8) & 0xff) : .signalled(signal)
        let words = parent.log.lastLines.suffix(3).joined(separator: " | ")
        return "it \(ExitReport(cause: cause))" + (words.isEmpty ? "" : " (\(words))")
    }
}

// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Vocabulary
import Wire

/// The gateway's event loop: what is ready, what other threads ask, what is due; then the turn ends.
///
/// A descriptor is added once and changed only where reading rests or a socket is full, so that a
/// request costs no call but those that read, write and wait. Confined to the thread that runs it.
final class PollLoop {
    /// What a descriptor was added under.
    struct Watch {
        fileprivate let token: UInt64
    }

    private struct Place {
        /// Grows when the place is given to another: what the kernel said of the one before is void.
        var generation: UInt32 = 1
        var watched: Watched?
    }

    /// No place has it: those begin with the first generation.
    static let mailToken: UInt64 = 0

    let buffers = LoopBuffers()
    private let poller: Poller
    /// What other threads ask.
    let mail: LoopMail
    private var places: ContiguousArray<Place> = []
    private var freePlaces: ContiguousArray<UInt32> = []
    private var timers = Timers<() -> Void>()
    private var soon: [() -> Void] = []
    private var isStopped = false

    /// Shape: the poller watches the mail's bell.
    init(_ poller: Poller, _ mail: LoopMail) {
        self.poller = poller
        self.mail = mail
    }

    // MARK: - Running

    /// Goes on until it is stopped; then everything that is watched is abandoned.
    func run(_ core: GatewayCore) {
        let ready = UnsafeMutablePointer<linux_ready>.allocate(capacity: Int(LINUX_READY_MOST))
        defer { ready.deallocate() }
        var isBusy = false
        while !isStopped {
            let count = poller.wait(into: ready, milliseconds: isBusy ? 0 : patience)
            for place in 0..<count { tell(ready[place], core) }
            if timers.count > 0 { workTimers() }
            if !soon.isEmpty { workSoon() }
            isBusy = core.endTurn()
        }
        for place in places.indices { places[place].watched?.abandon() }
        // What is waited for holds on to the core, and that to us.
        places = []
        soon = []
        timers = Timers()
    }

    /// Ends the loop once this round is over.
    func stop() { isStopped = true }

    private var patience: Int32 {
        guard soon.isEmpty else { return 0 }
        let due = timers.nextDue
        guard due != .never else { return -1 }
        // Rounded up: whoever wakes early would look again and again until it is time.
        let left = (due - Self.now).nanosecondsSaturated
        return Int32(clamping: max(0, (left + 999_999) / 1_000_000))
    }

    private func tell(_ ready: linux_ready, _ core: GatewayCore) {
        guard ready.token != Self.mailToken else {
            mail.work(on: core)
            return
        }
        let index = Int(ready.token & 0xffff_ffff)
        guard index < places.count, places[index].generation == UInt32(ready.token >> 32) else {
            return
        }
        places[index].watched?.ready(Readiness(rawValue: ready.what))
    }

    private func workTimers() {
        let now = Self.now
        while let work = timers.takeDue(at: now) { work() }
    }

    private func workSoon() {
        let works = soon
        soon = []
        for work in works { work() }
    }

    // MARK: - Time

    private static var now: Moment { Moment(nanoseconds: linux_monotonic_nanoseconds()) }

    /// Has something done after so long.
    @discardableResult
    func schedule(in pause: Duration, _ work: @escaping () -> Void) -> Timers<() -> Void>.ID {
        timers.add(work, at: Self.now + pause)
    }

    func cancel(_ timer: Timers<() -> Void>.ID) { timers.cancel(timer) }

    /// Has something done in a turn to come, without delay.
    func execute(_ work: @escaping () -> Void) { soon.append(work) }

    // MARK: - Descriptors

    /// Watches a descriptor from now on.
    func watch(
        _ watched: Watched,
        _ number: Int32,
        for what: Readiness
    ) throws(SystemError) -> Watch {
        let index = freePlaces.popLast() ?? UInt32(places.count)
        if Int(index) == places.count { places.append(Place()) }
        let token = UInt64(places[Int(index)].generation) << 32 | UInt64(index)
        do throws(SystemError) {
            try poller.add(number, for: what, token: token)
        } catch {
            freePlaces.append(index)
            throw error
        }
        places[Int(index)].watched = watched
        return Watch(token: token)
    }

    func change(_ watch: Watch, _ number: Int32, to what: Readiness) {
        poller.change(number, to: what, token: watch.token)
    }

    /// Watches it no more; `isClosed` where that was the descriptor's end anyway.
    func forget(_ watch: Watch, _ number: Int32, isClosed: Bool) {
        let index = Int(watch.token & 0xffff_ffff)
        guard index < places.count, places[index].watched != nil else { return }
        places[index].watched = nil
        places[index].generation = max(1, places[index].generation &+ 1)
        freePlaces.append(UInt32(index))
        if !isClosed { poller.remove(number) }
    }
}

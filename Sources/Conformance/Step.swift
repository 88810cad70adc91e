// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// One thing that the gateway's end does, or waits for, in a script.
enum Step: Hashable, Sendable {
    // What happens to the scorer.

    /// Starts it and greets it, whatever ran before.
    case launch
    /// Sees that one runs that is ready and holds nothing.
    case begin
    /// Stops its process where it stands.
    case freeze
    /// Lets it go on.
    case thaw
    /// Ends it as the kernel does when memory is short.
    case kill
    /// Tells it to leave.
    case drain
    /// A new gateway greets it over the same socket.
    case greetAgain
    /// Gateway and node are gone.
    case hangUp

    // What is asked of it.

    /// Posts a request.
    case post(Label, Body = .sample, Manner = Manner())
    /// Posts as many as the lane holds, or as may share a call.
    case fill(Filling)
    /// Asks for a sign of life.
    case ping(Label)
    /// Takes a request back.
    case cancel(Label)
    /// Takes over one part of an answer that is read slowly.
    case read(Label)
    /// Takes over every part of it from now on.
    case readOn(Label)
    /// The same for all that were posted.
    case readOnAll
    /// Posts so many requests as the settings say, the lane full at any time.
    case endure
    /// Posts a long body many times and counts what the process holds before and after.
    case repeatLongBody

    // What must come of it.

    /// It has read its socket.
    case awaitGreetingTaken
    /// It says ready.
    case awaitReady
    /// It marks the request as taken.
    case awaitTaken(Label)
    /// Every slot comes back, or it does not: the next sentence will tell.
    case settle
    /// A whole answer, the right one where that can be known.
    case awaitAnswer(Label)
    /// A whole answer to every request that was posted.
    case awaitAllAnswers
    /// Its slot comes back, answered or declined.
    case awaitEnd(Label)
    /// It was not begun.
    case awaitDeclined(Label)
    /// A pong.
    case awaitPong(Label)
    /// So many parts of an answer that goes on: not applicable where the answer is whole.
    case awaitParts(Label, Int)
    /// A completion that nobody has read yet.
    case awaitUnread
    /// It has a request in hand, caught there: not applicable where it is too fast.
    case catchInHand(Label)
    /// The request's deadline is over.
    case awaitDeadline(Label)
    /// Its process ends; with this status where one is named.
    case awaitExit(Int32?)
    /// Nothing more comes for a while.
    case quiet
    /// It was withdrawn: the scorer had not taken it.
    case expectWithdrawn(Label)
    /// It is not marked as taken.
    case expectUntaken(Label)
    /// What it answered before it was ended can be read.
    case expectDelivered(Label)
    /// Every slot is free again.
    case expectNoneHeld
    /// Its answers are its requests' bodies: not applicable where they are not.
    case needEcho
    /// Every call but one is held by a reader that does not read: not applicable where there is one.
    case occupyCalls
}

extension Step {
    /// The body of a request.
    enum Body: Hashable, Sendable {
        /// What the settings say, or a hundred bytes.
        case sample
        /// So many bytes.
        case bytes(Int)
        /// As many as fit into an area beside the head, and so many more.
        case area(plus: Int)
        /// So many areas.
        case areas(Int)
        /// As many as the settings allow.
        case largest
    }

    /// What is special about a request.
    struct Manner: Hashable, Sendable {
        var head = RequestHead.usual
        /// Its answer is read part by part, when a step says so.
        var isReadSlowly = false
        /// Its deadline is in a moment.
        var isShort = false
    }

    /// How many requests fill the lane.
    enum Filling: Hashable, Sendable {
        /// One for each slot.
        case slots
        /// As many as the scorer said may share a call: not applicable where it did not.
        case sharedCall
    }
}

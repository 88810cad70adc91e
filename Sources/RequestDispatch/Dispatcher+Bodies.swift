// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// How much memory bodies may take.
///
/// Short ones always find room. Of long ones, what is held never exceeds the deployment's room and
/// that of all together. Whether one is let in at all is decided by what is claimed, which is more:
/// those that are coming and well under way keep room for their rest, so that one too many is
/// refused before it is sent rather than within.
extension Dispatcher {
    /// Counts bytes of a body that came; a refusal ends the request.
    public mutating func grow(_ request: RequestID, by bytes: Int) -> Refusal? {
        guard let index = requests.find(request) else { return nil }
        let length = requests[index].bytes + bytes
        let place = Int(requests[index].deployment)
        let refusal: Refusal
        if length > deployments[place].rules.bodyLimit {
            refusal = .bodyTooLong
        } else if !mayHold(length, more: bytes, in: deployments[place]) {
            refusal = .tooManyBytes
        } else {
            requests[index].bytes = length
            deployments[place].heldBytes += bytes
            heldBytes += bytes
            let believed = min(requests[index].announced, limits.trust * length)
            claim(max(length, believed), for: index)
            return nil
        }
        dequeue(index)
        release(index)
        return refusal
    }

    /// Keeps so much room for a request from now on.
    private mutating func claim(_ bytes: Int, for index: Int32) {
        let more = bytes - requests[index].claim
        requests[index].claim = bytes
        deployments[Int(requests[index].deployment)].claimedBytes += more
        claimedBytes += more
    }

    /// Gives back what a request holds.
    mutating func giveBackBytes(of index: Int32) {
        if requests[index].isCopy {
            copiedBytes -= requests[index].bytes
            requests[index].bytes = 0
            return
        }
        claim(0, for: index)
        heldBytes -= requests[index].bytes
        deployments[Int(requests[index].deployment)].heldBytes -= requests[index].bytes
        requests[index].bytes = 0
    }

    /// Whether a body that announces `length` bytes may begin to come.
    func mayClaim(_ length: Int, in queue: DeploymentQueue) -> Bool {
        length <= limits.shortBody
            || (claimedBytes + length <= room
                && queue.claimedBytes + length <= room(of: queue.rules))
    }

    /// Whether `more` bytes may be held, which make a body of `length`.
    private func mayHold(_ length: Int, more: Int, in queue: DeploymentQueue) -> Bool {
        length <= limits.shortBody
            || (heldBytes + more <= room && queue.heldBytes + more <= room(of: queue.rules))
    }

    private func room(of rules: DeploymentRules) -> Int {
        max(limits.deploymentBytes, rules.bodyRoom)
    }

    /// Sees that no deployment's room leaves the others without.
    mutating func makeRoom() {
        let largest = deployments.reduce(0) { max($0, $1.rules.bodyRoom) }
        let isUsual = largest <= limits.deploymentBytes
        room = isUsual ? limits.heldBytes : max(limits.heldBytes, largest + limits.deploymentBytes)
    }
}
